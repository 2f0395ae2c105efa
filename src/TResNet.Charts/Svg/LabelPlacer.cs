namespace TResNet.Charts.Svg;

/// <summary>A disc with a name, in pixels, y downwards.</summary>
/// <param name="X">Its centre.</param>
/// <param name="Y">Its centre.</param>
/// <param name="Radius">Half its width.</param>
/// <param name="Name">What should stand beside it.</param>
/// <param name="IsChief">Whether its name goes before others, and onto their discs where there is no other room.</param>
internal readonly record struct NamedMark(double X, double Y, double Radius, string Name, bool IsChief = false);

/// <summary>Finds a side of each mark where its name runs into no other mark or name.</summary>
internal static class LabelPlacer
{
    private const double FontSize = 12;

    /// <summary>Pixels that a name keeps from other names and marks.</summary>
    private const double Distance = 2;

    /// <summary>How many sides of other marks a better side may cost.</summary>
    private const double Preference = 0.5;

    // In order of preference.
    private static readonly string[] AllSides =
    [
        "top center",
        "bottom center",
        "middle right",
        "middle left",
        "top right",
        "top left",
        "bottom right",
        "bottom left",
    ];

    /// <summary>A position in plotly's words for each mark; null where there is no room for its name.</summary>
    /// <remarks>
    /// Of the chief marks and then of the others, the one with the fewest sides left is served first, as in a crossword; it takes what the fewest
    /// others still want.
    /// </remarks>
    /// <param name="marks">The marks.</param>
    /// <param name="area">What no name may leave.</param>
    public static IReadOnlyList<string?> Place(IReadOnlyList<NamedMark> marks, Box area)
    {
        var discs = marks.Select(mark => Grown(Around(mark), Distance)).ToArray();
        List<string> Sides(int own, Func<NamedMark, bool> isInTheWay) =>
            [
                .. AllSides.Where(side =>
                {
                    var name = NameAt(marks[own], side);
                    return Within(name, area)
                        && !discs.Where((disc, i) => i != own && isInTheWay(marks[i]) && Overlap(name, disc)).Any();
                }),
            ];
        var free = marks.Select((_, i) => Sides(i, _ => true)).ToArray();
        foreach (var i in Enumerable.Range(0, marks.Count).Where(i => marks[i].IsChief && free[i].Count == 0))
        {
            free[i] = Sides(i, other => other.IsChief);
        }

        var places = new string?[marks.Count];
        var open = Enumerable.Range(0, marks.Count).ToList();
        while (open.Count > 0)
        {
            var next = open.MinBy(i => (marks[i].IsChief ? 0 : 1, free[i].Count));
            open.Remove(next);
            if (free[next].Count == 0)
            {
                continue;
            }

            int Wanted(string side) =>
                open.Sum(i => free[i].Count(other => Overlap(NameAt(marks[i], other), NameAt(marks[next], side))));
            var chosen = free[next].MinBy(side => Wanted(side) + Preference * Array.IndexOf(AllSides, side))!;
            var name = Grown(NameAt(marks[next], chosen), Distance);
            places[next] = chosen;
            open.ForEach(i => free[i].RemoveAll(side => Overlap(NameAt(marks[i], side), name)));
        }

        return places;
    }

    private static Box NameAt(NamedMark mark, string side)
    {
        var (width, height) = (TextMetrics.Width(mark.Name, FontSize), FontSize);
        var away = mark.Radius + TracePainter.LabelGap;
        var (vertical, horizontal) = (side.Split(' ')[0], side.Split(' ')[1]);
        return new Box(
            horizontal switch
            {
                "right" => mark.X + away,
                "left" => mark.X - away - width,
                _ => mark.X - width / 2,
            },
            vertical switch
            {
                "top" => mark.Y - away - height + 2,
                "bottom" => mark.Y + away - 2,
                _ => mark.Y - height / 2,
            },
            width,
            height
        );
    }

    private static Box Around(NamedMark mark) =>
        new(mark.X - mark.Radius, mark.Y - mark.Radius, 2 * mark.Radius, 2 * mark.Radius);

    private static Box Grown(Box box, double by) =>
        new(box.Left - by, box.Top - by, box.Width + 2 * by, box.Height + 2 * by);

    private static bool Overlap(Box a, Box b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private static bool Within(Box name, Box area) =>
        name.Left >= area.Left && name.Right <= area.Right && name.Top >= area.Top && name.Bottom <= area.Bottom;
}
