using TResNet.Charts;

namespace TResNet.Charts.Tests;

/// <summary>One figure of each kind that the project draws, with fixed data.</summary>
internal static class Gallery
{
    public static IReadOnlyDictionary<string, Figure> All { get; } =
        new Dictionary<string, Figure>
        {
            ["training"] = Training(),
            ["throughput"] = Throughput(),
            ["grouped"] = Grouped(),
            ["tradeoff"] = TradeOff(),
            ["confusion"] = Confusion(),
        };

    private static Figure Training()
    {
        var steps = Enumerable.Range(0, 24).Select(i => Math.Round(i / 6.0, 3)).ToArray();
        var loss = steps
            .Select((x, i) => 0.35 + 2.0 * Math.Exp(-1.3 * x) + 0.06 * Math.Sin(i * 1.7))
            .Select(x => Math.Round(x, 3))
            .ToArray();
        var rate = steps
            .Select(x => x < 1.2 ? 0.02 + 0.2 * x : 0.26 * (1 + Math.Cos(Math.PI * (x - 1.2) / 2.8)) / 2)
            .Select(x => Math.Round(x, 3))
            .ToArray();
        return new Figure
        {
            Data =
            [
                new Scatter
                {
                    Name = "training loss",
                    X = steps,
                    Y = loss,
                    Line = new Line { Width = 1.5 },
                },
                new Scatter
                {
                    Name = "validation loss",
                    X = new double[] { 1, 2, 3, 4 },
                    Y = new[] { 0.9, 0.62, 0.47, 0.42 },
                    Mode = ScatterMode.LinesMarkers,
                },
                new Scatter
                {
                    Name = "validation top-1",
                    X = new double[] { 1, 2, 3, 4 },
                    Y = new[] { 0.71, 0.8, 0.848, 0.867 },
                    Mode = ScatterMode.LinesMarkers,
                    XAxis = "x2",
                    YAxis = "y2",
                    ShowLegend = false,
                },
                new Scatter
                {
                    Name = "learning rate",
                    X = steps,
                    Y = rate,
                    Fill = Fill.ToZeroY,
                    FillColor = "rgba(191,95,150,0.14)",
                    XAxis = "x3",
                    YAxis = "y3",
                    ShowLegend = false,
                },
            ],
            Layout = new Layout
            {
                Height = 380,
                Margin = new Margin { T = 112 },
                Legend = new Legend { Y = 1.118 },
                Title = Title.Headline("tresnet_nano on Fashion-MNIST", "epoch 4 of 4 · 812 images/s"),
                XAxis = new Axis
                {
                    Title = "epoch",
                    Domain = [0, 0.42],
                    Anchor = "y",
                    Range = [0, 4],
                },
                YAxis = new Axis { Anchor = "x", RangeMode = "tozero" },
                XAxis2 = new Axis
                {
                    Title = "epoch",
                    Domain = [0.5, 0.74],
                    Anchor = "y2",
                    Range = [0, 4],
                },
                YAxis2 = new Axis
                {
                    Anchor = "x2",
                    TickFormat = ".0%",
                    Range = [0.5, 1],
                },
                XAxis3 = new Axis
                {
                    Title = "epoch",
                    Domain = [0.82, 1],
                    Anchor = "y3",
                    Range = [0, 4],
                },
                YAxis3 = new Axis { Anchor = "x3" },
                Annotations =
                [
                    Annotation.PanelTitle("Loss", 1),
                    Annotation.PanelTitle("Top-1 accuracy", 2),
                    Annotation.PanelTitle("Learning rate", 3),
                ],
            },
        };
    }

    private static Figure Throughput() =>
        new()
        {
            Data =
            [
                new Bar
                {
                    Y = new[] { "tresnet_m", "tresnet_l", "resnet50" },
                    X = new[] { 31.4, 14.2, 26.8 },
                    Orientation = Orientation.Horizontal,
                    ErrorX = new ErrorBars { Array = [1.2, 0.4, 0.9], ArrayMinus = [0.8, 0.5, 2.1] },
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "Images per second",
                    "inference, batch of 8, 224 × 224; median, with minimum and maximum"
                ),
                XAxis = new Axis { Title = "images/s" },
                YAxis = Axis.OfNames(reversed: true),
                Annotations = [Label("31.4", 32.6, 0), Label("14.2", 14.6, 1), Label("26.8", 27.7, 2)],
                BarGap = 0.35,
                BarCornerRadius = 3,
                Height = 260,
            },
        };

    private static Annotation Label(string text, double x, double y) =>
        new()
        {
            Text = text,
            X = x,
            Y = y,
            XRef = "x",
            YRef = "y",
            XAnchor = "left",
            XShift = 6,
        };

    private static Figure Grouped() =>
        new()
        {
            Data =
            [
                new Bar
                {
                    Name = "training",
                    X = new[] { "tresnet_m", "tresnet_l", "resnet50" },
                    Y = new[] { 9.1, 4.2, 8.0 },
                },
                new Bar
                {
                    Name = "inference",
                    X = new[] { "tresnet_m", "tresnet_l", "resnet50" },
                    Y = new[] { 31.4, 14.2, 26.8 },
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline("Training against inference"),
                XAxis = Axis.OfNames(),
                YAxis = new Axis { Title = "images/s" },
                BarCornerRadius = 3,
            },
        };

    private static Figure TradeOff() =>
        new()
        {
            Data =
            [
                new Scatter
                {
                    X = new[] { 5.7e9, 10.9e9, 15.2e9, 4.1e9 },
                    Y = new[] { 730.0, 345, 250, 830 },
                    Text = ["tresnet_m", "tresnet_l", "tresnet_xl", "resnet50"],
                    Mode = ScatterMode.MarkersText,
                    TextPosition = "top center",
                    Marker = new Marker { Size = 10 },
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline("Throughput against work", "towards the top right is better"),
                XAxis = new Axis
                {
                    Title = "multiply-adds per image",
                    Type = AxisType.Log,
                    TickFormat = ".2~s",
                    Range = [9.5, 10.3],
                },
                YAxis = new Axis
                {
                    Title = "images/s",
                    Type = AxisType.Log,
                    Range = [2.3, 3.05],
                },
            },
        };

    private static Figure Confusion()
    {
        string[] classes = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"];
        double[][] counts =
        [
            [168, 0, 3, 8, 1],
            [0, 196, 0, 3, 0],
            [4, 0, 160, 2, 21],
            [7, 2, 1, 178, 9],
            [0, 0, 25, 8, 166],
        ];
        return new Figure
        {
            Data =
            [
                new Heatmap
                {
                    Name = "count",
                    X = classes,
                    Y = classes,
                    Z = counts,
                    Text = [.. counts.Select(row => row.Select(n => n == 0 ? "" : $"{n}").ToArray())],
                    TextTemplate = "%{text}",
                    XGap = 1,
                    YGap = 1,
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline("Confusions", "rows: the true class; columns: what the network said"),
                XAxis = Axis.OfNames() with { Constrain = "domain" },
                YAxis = Axis.OfNames(reversed: true) with { ScaleAnchor = "x", Constrain = "domain" },
                Width = 560,
                Height = 420,
            },
        };
    }
}
