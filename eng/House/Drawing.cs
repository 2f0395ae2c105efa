using System.Globalization;
using System.Security;
using System.Text;

namespace House;

/// <summary>Draws the house: a frame for each project with its namespaces, and arrows from who uses to what is used.</summary>
internal sealed class Drawing
{
    private const double Margin = 16;
    private const double Padding = 16;
    private const double TitleHeight = 34;
    private const double BoxHeight = 28;
    private const double CharacterWidth = 7.6;

    // The project's palette for lines (src/TResNet.Interactive/Diagrams), which is legible on light and on dark.
    private static readonly string[] Colors =
    [
        "#1a7fc4",
        "#d9630c",
        "#079472",
        "#bf5f96",
        "#7a828c",
        "#7d62c4",
        "#9a7400",
        "#c2413b",
    ];

    private readonly StringBuilder svg = new();

    private Drawing() { }

    /// <summary>The picture of what the assemblies say.</summary>
    public static string Of(Dependencies house) => new Drawing().Draw(house);

    /// <summary>The arrows that are drawn between namespaces of one project: those that no others imply.</summary>
    public static (Box From, Box To)[] Within(Dependencies house) =>
        Reachability.Reduced([.. house.Arrows.Where(arrow => arrow.From.Project == arrow.To.Project)]);

    /// <summary>The arrows that are drawn between projects: those that no others imply.</summary>
    public static (string From, string To)[] Between(Dependencies house) =>
        Reachability.Reduced([.. house.ProjectArrows]);

    private string Draw(Dependencies house)
    {
        var within = Within(house);
        var rooms = house
            .Boxes.GroupBy(box => box.Project)
            .OrderBy(project => project.Key, StringComparer.Ordinal)
            .Select((project, i) => new Room(project.Key, [.. project], within, Colors[i % Colors.Length]))
            .ToArray();
        var plan = new Layout(gapX: 36, gapY: 52).Place(
            [.. rooms.Select(room => (room.Project, room.Width, room.Height))],
            Between(house)
        );
        var (width, height) = (plan.Width + 2 * Margin, plan.Height + 2 * Margin);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:0.#} {height:0.#}" width="{width:0.#}" height="{height:0.#}" role="img" font-family="system-ui, sans-serif" fill="currentColor">
             <title>The projects and namespaces of TResNet Notebooks; arrows point from who uses to what is used</title>
             <style>svg:root{"{"}color:#24292f;background:#fff{"}"}@media (prefers-color-scheme:dark){"{"}svg:root{"{"}color:#e6e8eb;background:#16191f{"}"}{"}"}</style>
             <g transform="translate({Margin:0.#} {Margin:0.#})">

            """
        );
        foreach (var room in rooms)
        {
            Draw(room, plan.Boxes[room.Project]);
        }

        foreach (var ((from, to), route) in plan.Routes)
        {
            Arrow(from, to, route, 0, 0, 1.6);
        }

        svg.Append(" </g>\n</svg>\n");
        return svg.ToString();
    }

    private void Draw(Room room, Area at)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
              <g data-project="{room.Project}">
               <rect x="{at.X:0.#}" y="{at.Y:0.#}" width="{at.Width:0.#}" height="{at.Height:0.#}" rx="10" fill="{room.Color}" fill-opacity="0.05" stroke="{room.Color}" stroke-opacity="0.55"/>
               <text x="{at.X + Padding:0.#}" y="{at.Y
                + 23:0.#}" font-size="14" font-weight="600">{SecurityElement.Escape(room.Project)}</text>

            """
        );
        var (x, y) = (at.X + Padding, at.Y + TitleHeight);
        foreach (
            var ((from, to), route) in room.Plan?.Routes
                ?? new Dictionary<(Box, Box), IReadOnlyList<(double, double)>>()
        )
        {
            Arrow(from.Name, to.Name, route, x, y, 1.1);
        }

        foreach (var (box, area) in room.Plan?.Boxes ?? new Dictionary<Box, Area>())
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"""
                   <g data-namespace="{box.Name}">
                    <rect x="{x + area.X:0.#}" y="{y
                    + area.Y:0.#}" width="{area.Width:0.#}" height="{area.Height:0.#}" rx="6" fill="{room.Color}" fill-opacity="0.15" stroke="{room.Color}" stroke-width="1.2"/>
                    <text x="{x + area.X + area.Width / 2:0.#}" y="{y
                    + area.Y
                    + 18.5:0.#}" font-size="12.5" text-anchor="middle">{Room.Label(box)}</text>
                   </g>

                """
            );
        }

        svg.Append("  </g>\n");
    }

    private void Arrow(
        string from,
        string to,
        IReadOnlyList<(double X, double Y)> route,
        double x,
        double y,
        double width
    )
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{x + route[0].X:0.#} {y + route[0].Y:0.#}");
        for (var i = 1; i < route.Count; i++)
        {
            var (start, end) = (route[i - 1], route[i]);
            var middle = y + (start.Y + end.Y) / 2;
            path.Append(
                CultureInfo.InvariantCulture,
                $"C{x + start.X:0.#} {middle:0.#} {x + end.X:0.#} {middle:0.#} {x + end.X:0.#} {y + end.Y:0.#}"
            );
        }

        var tip = (X: x + route[^1].X, Y: y + route[^1].Y);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
               <g data-from="{from}" data-to="{to}">
                <path d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.5" stroke-width="{width:0.#}"/>
                <path d="M{tip.X:0.#} {tip.Y:0.#}l-3.6 -6.6h7.2Z" fill-opacity="0.75"/>
               </g>

            """
        );
    }

    /// <summary>A project's frame with its namespaces; a project of one namespace is its frame alone.</summary>
    private sealed class Room
    {
        public Room(string project, IReadOnlyList<Box> boxes, IEnumerable<(Box From, Box To)> arrows, string color)
        {
            (Project, Color) = (project, color);
            Plan =
                boxes.Count == 1
                    ? null
                    : new Layout(gapX: 16, gapY: 34).Place(
                        [
                            .. boxes
                                .OrderBy(box => box.Name, StringComparer.Ordinal)
                                .Select(box => (box, Math.Max(56, Label(box).Length * CharacterWidth + 20), BoxHeight)),
                        ],
                        [.. arrows.Where(arrow => arrow.From.Project == project)]
                    );
            Width = Math.Max(Plan?.Width ?? 0, project.Length * 8.6) + 2 * Padding;
            Height = TitleHeight + (Plan is null ? 2 : Plan.Height + Padding);
        }

        public string Project { get; }

        public string Color { get; }

        public Placement<Box>? Plan { get; }

        public double Width { get; }

        public double Height { get; }

        /// <summary>A namespace's name within its project; the project's own is called by the last part of its name.</summary>
        public static string Label(Box box) =>
            box.Name.StartsWith(box.Project + ".", StringComparison.Ordinal)
                ? box.Name[(box.Project.Length + 1)..]
                : box.Name;
    }
}
