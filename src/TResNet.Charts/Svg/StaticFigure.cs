using System.Text.Json;
using System.Text.Json.Nodes;

namespace TResNet.Charts.Svg;

/// <summary>
/// A figure as a static picture draws it: with its template applied, plotly's defaults where nothing is set, and without the traces that
/// only plotly draws.
/// </summary>
/// <param name="Figure">What is drawn.</param>
/// <param name="Missing">The kinds of traces that are not.</param>
internal sealed record StaticFigure(Figure Figure, IReadOnlyList<string> Missing)
{
    public const double PlotlysHeight = 450;

    // Plotly joins few points by lines and marks them too.
    private const int ManyPoints = 20;

    /// <summary>Pixels.</summary>
    public double Width => Figure.Layout.Width ?? Layout.UsualWidth;

    /// <summary>Pixels.</summary>
    public double Height => Figure.Layout.Height ?? PlotlysHeight;

    /// <summary>What the margins leave for plots; where nothing is said of them, as little as our letters need, which are smaller than plotly's.</summary>
    public Box Area =>
        Box.Within(
            Figure.Layout.Margin
                ?? new Margin
                {
                    L = 60,
                    R = 28,
                    T = 28,
                },
            Width,
            Height
        );

    public static StaticFigure Of(Figure figure)
    {
        var (drawn, missing) = (new List<Trace>(), new List<string>());
        var templated = WithTemplate(figure);
        foreach (var trace in templated.Data.Where(trace => !IsHidden(trace)))
        {
            if (Drawable(trace, templated) is { } known)
            {
                drawn.Add(known);
            }
            else
            {
                missing.Add(trace is Bar && AreStacked(templated) ? $"stacked {trace.Type}" : trace.Type);
            }
        }

        var result = new StaticFigure(templated with { Data = drawn }, [.. missing.Distinct()]);
        return result with { Figure = result.Figure with { Data = [.. drawn.Select(result.OnCategories)] } };
    }

    /// <summary>A trace whose numbers are names where its axis says so.</summary>
    private Trace OnCategories(Trace trace) =>
        trace with
        {
            X = AxisOf(trace.XAxis ?? "x").Type == AxisType.Category ? Names(trace.X) : trace.X,
            Y = AxisOf(trace.YAxis ?? "y").Type == AxisType.Category ? Names(trace.Y) : trace.Y,
        };

    private static Coordinates? Names(Coordinates? values) =>
        values?.Numbers is { } numbers
            ? numbers.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray()
            : values;

    /// <summary>An axis by plotly's name: <c>x</c>, <c>y2</c>, ...</summary>
    public Axis AxisOf(string name)
    {
        var layout = Figure.Layout;
        var axis = name switch
        {
            "x" => layout.XAxis,
            "y" => layout.YAxis,
            "x2" => layout.XAxis2,
            "y2" => layout.YAxis2,
            "x3" => layout.XAxis3,
            "y3" => layout.YAxis3,
            _ => Other<Axis>($"{name[0]}axis{name[1..]}"),
        };
        axis ??= new Axis();
        return axis.Domain is null && InGrid(name) is { } domain ? axis with { Domain = domain } : axis;
    }

    private T? Other<T>(string name)
        where T : PlotlyObject =>
        Figure.Layout.OtherAttributes?.TryGetValue(name, out var value) == true
            ? FigureReader.Read<T>(JsonNode.Parse(value.GetRawText()))
            : null;

    /// <summary>The span of an axis that only a grid of subplots places; null where there is none.</summary>
    private double[]? InGrid(string name)
    {
        if (
            Figure.Layout.OtherAttributes?.TryGetValue("grid", out var value) != true
            || JsonNode.Parse(value.GetRawText()) is not JsonObject grid
        )
        {
            return null;
        }

        int Count(string of) => (int?)grid[of] ?? 1;
        var (rows, columns) = (Count("rows"), Count("columns"));
        var number = name.Length == 1 ? 0 : int.Parse(name.AsSpan(1)) - 1;
        var coupled = (string?)grid["pattern"] != "independent";
        var vertical = name[0] == 'y';
        var (place, of) = vertical
            ? (coupled ? number : number / columns, rows)
            : (coupled ? number : number % columns, columns);
        if (vertical && (string?)grid["roworder"] != "bottom to top")
        {
            place = rows - 1 - place;
        }

        var gap =
            (double?)grid[vertical ? "ygap" : "xgap"]
            ?? (
                coupled ? 0.1
                : vertical ? 0.3
                : 0.2
            );
        var step = 1 / (of - gap);
        return [step * place, step * (place + 1 - gap)];
    }

    private static Figure WithTemplate(Figure figure)
    {
        if (
            figure.Layout.OtherAttributes?.ContainsKey("template") != true
            || JsonNode.Parse(figure.ToJson()) is not JsonObject whole
            || whole["layout"]!["template"] is not JsonObject template
        )
        {
            return figure;
        }

        if (template["layout"] is JsonObject layout)
        {
            Fill(whole["layout"]!.AsObject(), layout);
        }

        foreach (var trace in whole["data"]!.AsArray().OfType<JsonObject>())
        {
            if (template["data"]?[(string?)trace["type"] ?? "scatter"] is JsonArray and [JsonObject first, ..])
            {
                Fill(trace, first);
            }
        }

        return FigureReader.Read(whole.ToJsonString()) with
        {
            Description = figure.Description,
        };
    }

    private static void Fill(JsonObject target, JsonObject defaults)
    {
        foreach (var (name, value) in defaults)
        {
            if (target[name] is JsonObject inner && value is JsonObject more)
            {
                Fill(inner, more);
            }
            else
            {
                target[name] ??= value?.DeepClone();
            }
        }
    }

    private static Trace? Drawable(Trace trace, Figure figure) =>
        trace switch
        {
            OtherTrace { Type: "scattergl" } fast => FigureReader.As<Scatter>(fast, "scatter") is { } scatter
                ? Drawable(scatter, figure)
                : null,
            // Numbers in plotly's binary form, or of several kinds.
            { OtherAttributes: { } others }
                when others.Keys.Any(name => name is "x" or "y" or "x0" or "y0" or "dx" or "dy") => null,
            Bar when AreStacked(figure) => null,
            Bar bar => bar with
            {
                X = bar.X ?? Counted(bar.Y),
                Y = bar.Y ?? Counted(bar.X),
                ErrorX = Counted(bar.ErrorX, bar.X),
                ErrorY = Counted(bar.ErrorY, bar.Y),
            },
            Scatter scatter => Filled(scatter),
            Heatmap map => map with
            {
                X = Names(map.X, map.Z.Count == 0 ? 0 : map.Z.Max(row => row.Count)),
                Y = Names(map.Y, map.Z.Count),
            },
            _ => null,
        };

    private static bool IsHidden(Trace trace) =>
        trace.OtherAttributes?.TryGetValue("visible", out var visible) == true
        && visible.ValueKind is JsonValueKind.False or JsonValueKind.String;

    // A cell stands at its row and column, whatever numbers say.
    private static Coordinates Names(Coordinates? places, int count) =>
        places?.Labels is not null
            ? places
            : Enumerable
                .Range(0, count)
                .Select(at => NumberFormat.Format(places?.Numbers?.ElementAtOrDefault(at) ?? at))
                .ToArray();

    private static bool AreStacked(Figure figure) =>
        figure.Data.OfType<Bar>().Skip(1).Any()
        && figure.Layout.OtherAttributes?.TryGetValue("barmode", out var mode) == true
        && mode.ValueKind == JsonValueKind.String
        && mode.GetString() != "group";

    private static Scatter Filled(Scatter scatter) =>
        scatter with
        {
            X = scatter.X ?? Counted(scatter.Y),
            Y = scatter.Y ?? Counted(scatter.X),
            Mode =
                scatter.Mode
                ?? ((scatter.Y ?? scatter.X)?.Count < ManyPoints ? ScatterMode.LinesMarkers : ScatterMode.Lines),
            ErrorX = Counted(scatter.ErrorX, scatter.X),
            ErrorY = Counted(scatter.ErrorY, scatter.Y),
        };

    // Spreads that plotly computes are left to it.
    private static ErrorBars? Counted(ErrorBars? error, Coordinates? values) =>
        error?.Array is { } array && array.Count >= values?.Count && !(error.ArrayMinus?.Count < values.Count)
            ? error
            : null;

    private static Coordinates? Counted(Coordinates? other) => other is null ? null : Counted(other.Count);

    private static Coordinates Counted(int count) => Enumerable.Range(0, count).ToArray();
}
