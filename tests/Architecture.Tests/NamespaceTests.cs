using House;

namespace Architecture.Tests;

/// <summary>Namespaces use each other in one direction: what they are made of never knows who uses it.</summary>
public sealed class NamespaceTests
{
    private const int MembersNamed = 3;

    private static readonly Dependencies House = Dependencies.Read(AppContext.BaseDirectory);

    [Fact]
    public void No_two_namespaces_use_each_other_directly_or_through_others()
    {
        var reached = Reachability.Of(House.Arrows);
        var knots = House
            .Uses.Where(uses => reached[uses.Key.To].Contains(uses.Key.From))
            .Select(uses => $"{uses.Key.From.Name} -> {uses.Key.To.Name}: {Members(uses)}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.True(knots.Length == 0, $"These use each other in a circle:\n{string.Join('\n', knots)}");
    }

    [Fact]
    public void A_circle_would_be_found()
    {
        Assert.Contains((new Box("TResNet", "TResNet.Building"), new Box("TResNet", "TResNet.Layers")), House.Arrows);
        var reached = Reachability.Of([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]);
        Assert.Contains("a", reached["a"]);
        Assert.DoesNotContain("d", reached["d"]);
    }

    [Fact]
    public void The_host_knows_no_torch_and_the_figures_no_network()
    {
        foreach (
            var (assembly, stranger) in new[]
            {
                ("Notebook", "TorchSharp"),
                ("Notebook", "TResNet"),
                ("Notebook.Jupyter", "TorchSharp"),
                ("Notebook.Jupyter", "TResNet"),
                ("TResNet.Charts", "TResNet"),
            }
        )
        {
            var path = Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
            var foreign = UsedTypes
                .In(path)
                .Where(u =>
                    u.UsedNamespace.Split('.')[0] == stranger
                    && !u.UsedNamespace.StartsWith(assembly, StringComparison.Ordinal)
                );
            Assert.Empty(foreign);
        }
    }

    private static string Members(IEnumerable<Use> uses)
    {
        var named = uses.Select(u => $"{u.Member} uses {u.UsedType}").Distinct().ToArray();
        return string.Join(", ", named.Take(MembersNamed))
            + (named.Length > MembersNamed ? $" and {named.Length - MembersNamed} more" : "");
    }
}
