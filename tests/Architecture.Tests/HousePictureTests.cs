using System.Globalization;
using System.Xml.Linq;
using House;

namespace Architecture.Tests;

/// <summary>docs/images/house.svg shows the projects and namespaces as they are compiled.</summary>
public sealed class HousePictureTests
{
    private const string Renew =
        "docs/images/house.svg is out of date: draw it anew with `dotnet run --project eng/House` and look at it.";

    private static readonly Dependencies Compiled = Dependencies.Read(AppContext.BaseDirectory);

    private static readonly XElement Picture = XDocument
        .Load(Path.Combine(Repository.Root, "docs", "images", "house.svg"))
        .Root!;

    [Fact]
    public void The_picture_has_the_namespaces_and_arrows_of_the_assemblies()
    {
        var drawn = Arrows(Picture).Select(arrow => $"{arrow.From} -> {arrow.To}");
        var compiled = Drawing
            .Within(Compiled)
            .Select(arrow => $"{arrow.From.Name} -> {arrow.To.Name}")
            .Concat(Drawing.Between(Compiled).Select(arrow => $"{arrow.From} -> {arrow.To}"));
        Same(compiled, drawn);
        // A project of one namespace is drawn as its frame alone.
        Same(
            Compiled
                .Boxes.GroupBy(box => box.Project)
                .SelectMany(boxes => boxes.Skip(boxes.Count() == 1 ? 1 : 0))
                .Select(b => b.Name),
            Picture.Descendants().Attributes("data-namespace").Select(name => name.Value)
        );
        Same(
            Compiled.Boxes.Select(box => box.Project).Distinct(),
            Picture.Descendants().Attributes("data-project").Select(name => name.Value)
        );
    }

    [Fact]
    public void Every_arrow_points_down() =>
        Assert.All(
            Arrows(Picture),
            arrow => Assert.True(arrow.Start < arrow.End, $"{arrow.From} -> {arrow.To} does not point down.")
        );

    [Fact]
    public void Boxes_lie_apart_whatever_is_drawn()
    {
        // Several graphs of fifteen boxes, each with about two arrows to later ones.
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var arrows = Enumerable
                .Range(0, 30)
                .Select(_ => random.Next(14))
                .Select(from => (From: from, To: random.Next(from + 1, 15)))
                .ToHashSet();
            var placed = new Layout(gapX: 10, gapY: 20).Place(
                [.. Enumerable.Range(0, 15).Select(i => (i, 20.0 + 10 * i, 30.0))],
                arrows
            );

            var areas = placed.Boxes.Values.ToArray();
            Assert.All(
                areas.SelectMany((one, i) => areas.Skip(i + 1).Select(other => (one, other))),
                pair => Assert.False(Overlap(pair.one, pair.other), $"Boxes overlap with seed {seed}.")
            );
            Assert.All(arrows, arrow => Assert.True(placed.Boxes[arrow.From].Bottom < placed.Boxes[arrow.To].Y));
        }
    }

    [Fact]
    public void An_arrow_that_others_imply_is_left_out() =>
        Assert.Equal(
            [("a", "b"), ("b", "c"), ("b", "d")],
            Reachability.Reduced([("a", "b"), ("a", "c"), ("b", "c"), ("b", "d"), ("a", "d")])
        );

    private static bool Overlap(Area one, Area other) =>
        one.X < other.Right && other.X < one.Right && one.Y < other.Bottom && other.Y < one.Bottom;

    private static void Same(IEnumerable<string> compiled, IEnumerable<string> drawn)
    {
        var (now, then) = (compiled.ToHashSet(), drawn.ToHashSet());
        var differences = now.Except(then)
            .Select(name => $"missing: {name}")
            .Concat(then.Except(now).Select(name => $"no longer there: {name}"))
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.True(differences.Length == 0, $"{Renew}\n{string.Join('\n', differences)}");
    }

    private static IEnumerable<(string From, string To, double Start, double End)> Arrows(XElement picture) =>
        from arrow in picture.Descendants()
        where arrow.Attribute("data-from") is not null
        let line = ((string)arrow.Elements().First().Attribute("d")!)[1..].Split(' ', 'C')
        select (
            (string)arrow.Attribute("data-from")!,
            (string)arrow.Attribute("data-to")!,
            double.Parse(line[1], CultureInfo.InvariantCulture),
            double.Parse(line[^1], CultureInfo.InvariantCulture)
        );
}
