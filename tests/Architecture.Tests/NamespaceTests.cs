namespace Architecture.Tests;

/// <summary>Namespaces use each other in one direction: what they are made of never knows who uses it.</summary>
public sealed class NamespaceTests
{
    private const int MembersNamed = 3;

    /// <summary>Our assemblies, those that a user's process loads.</summary>
    private static readonly string[] Assemblies =
    [
        .. Directory
            .GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path =>
                Path.GetFileNameWithoutExtension(path) is var name
                && (
                    name.StartsWith("TResNet", StringComparison.Ordinal)
                    || name.StartsWith("Notebook", StringComparison.Ordinal)
                )
            ),
    ];

    /// <summary>
    /// The sentence that everything throws, and two helpers of the language: they stand in the root namespace, where every namespace sees them
    /// without a using, and use nothing themselves.
    /// </summary>
    private static readonly string[] Everybodys = ["TResNetException", "ValueList`1", "Spelling"];

    [Fact]
    public void No_two_namespaces_use_each_other_directly_or_through_others()
    {
        var uses = Uses();
        var arrows = uses.GroupBy(u => (From: u.Namespace, To: u.UsedNamespace))
            .ToDictionary(g => g.Key, g => g.ToArray());
        var reached = Reached(arrows.Keys);
        var knots = arrows
            .Keys.Where(arrow => reached[arrow.To].Contains(arrow.From))
            .Select(arrow => $"{arrow.From} -> {arrow.To}: {Members(arrows[arrow])}")
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.True(knots.Length == 0, $"These use each other in a circle:\n{string.Join('\n', knots)}");
    }

    [Fact]
    public void A_circle_would_be_found()
    {
        var uses = Uses();
        Assert.Contains(uses, u => u is { Namespace: "TResNet.Building", UsedNamespace: "TResNet.Layers" });
        var reached = Reached([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]);
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

    private static List<Use> Uses()
    {
        var uses = Assemblies.SelectMany(UsedTypes.In).ToList();
        var own = uses.Select(u => u.Namespace).ToHashSet(StringComparer.Ordinal);
        // Notebook.Abstractions shares the host's namespace and lies below it: what is in it uses nothing of the others.
        var below = UsedTypes.DefinedIn(Path.Combine(AppContext.BaseDirectory, "Notebook.Abstractions.dll"));
        return
        [
            .. uses.Where(u =>
                own.Contains(u.UsedNamespace) && !Everybodys.Contains(u.UsedType) && !below.Contains(u.UsedType)
            ),
        ];
    }

    /// <summary>What each namespace reaches by one arrow or more.</summary>
    private static Dictionary<string, HashSet<string>> Reached(IEnumerable<(string From, string To)> arrows)
    {
        var next = arrows.ToLookup(a => a.From, a => a.To);
        return arrows
            .SelectMany(a => new[] { a.From, a.To })
            .Distinct()
            .ToDictionary(
                start => start,
                start =>
                {
                    var seen = new HashSet<string>(StringComparer.Ordinal);
                    for (var waiting = new Stack<string>(next[start]); waiting.TryPop(out var at); )
                    {
                        if (seen.Add(at))
                        {
                            foreach (var to in next[at])
                            {
                                waiting.Push(to);
                            }
                        }
                    }

                    return seen;
                }
            );
    }

    private static string Members(Use[] uses)
    {
        var named = uses.Select(u => $"{u.Member} uses {u.UsedType}").Distinct().ToArray();
        return string.Join(", ", named.Take(MembersNamed))
            + (named.Length > MembersNamed ? $" and {named.Length - MembersNamed} more" : "");
    }
}
