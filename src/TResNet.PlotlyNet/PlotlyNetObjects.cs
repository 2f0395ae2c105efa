using System.Text.Json;
using System.Text.Json.Nodes;
using Plotly.NET;
using Plotly.NET.ConfigObjects;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;
using DynamicObject = DynamicObj.DynamicObj;

namespace TResNet.PlotlyNet;

/// <summary>
/// Plotly's JSON as the objects of Plotly.NET. Its functions that style a chart look for an axis, a title or a marker by its class, and put a
/// new one in the place of what has another: so each object is of the class that Plotly.NET itself gives it.
/// </summary>
internal static class PlotlyNetObjects
{
    // https://plotly.com/javascript/reference: the attributes whose values are objects.
    private static readonly Dictionary<string, Func<DynamicObject>> Classes = new(StringComparer.Ordinal)
    {
        ["activeshape"] = () => new ActiveShape(),
        ["angularaxis"] = () => new AngularAxis(),
        ["aspectratio"] = () => new AspectRatio(),
        ["camera"] = () => new Camera(),
        ["coloraxis"] = () => new ColorAxis(),
        ["colorbar"] = () => new ColorBar(),
        ["contours"] = () => new Contours(),
        ["cumulative"] = () => new Cumulative(),
        ["domain"] = () => new Domain(),
        ["edits"] = () => new Edits(),
        ["error_x"] = () => new Error(),
        ["error_y"] = () => new Error(),
        ["error_z"] = () => new Error(),
        ["font"] = () => new Font(),
        ["geo"] = () => new Geo(),
        ["gradient"] = () => new Gradient(),
        ["grid"] = () => new LayoutGrid(),
        ["hoverlabel"] = () => new Hoverlabel(),
        ["legend"] = () => new Legend(),
        ["line"] = () => new Line(),
        ["mapbox"] = () => new Mapbox(),
        ["margin"] = () => new Margin(),
        ["marker"] = () => new Marker(),
        ["meanline"] = () => new MeanLine(),
        ["minor"] = () => new Minor(),
        ["modebar"] = () => new ModeBar(),
        ["newshape"] = () => new NewShape(),
        ["pad"] = () => new Padding(),
        ["pattern"] = () => new Pattern(),
        ["polar"] = () => new Polar(),
        ["projection"] = () => new Projection(),
        ["radialaxis"] = () => new RadialAxis(),
        ["rangeselector"] = () => new RangeSelector(),
        ["rangeslider"] = () => new RangeSlider(),
        ["scene"] = () => new Scene(),
        ["smith"] = () => new Smith(),
        ["subtitle"] = () => new Title(),
        ["ternary"] = () => new Ternary(),
        ["textfont"] = () => new Font(),
        ["tickfont"] = () => new Font(),
        ["title"] = () => new Title(),
        ["toImageButtonOptions"] = () => new ToImageButtonOptions(),
        ["transition"] = () => new Transition(),
        ["uniformtext"] = () => new UniformText(),
        ["xaxis"] = () => new LinearAxis(),
        ["xbins"] = () => new Bins(),
        ["yaxis"] = () => new LinearAxis(),
        ["ybins"] = () => new Bins(),
        ["zaxis"] = () => new LinearAxis(),
    };

    // And those whose values are lists of objects.
    private static readonly Dictionary<string, Func<JsonArray, object>> Lists = new(StringComparer.Ordinal)
    {
        ["annotations"] = list => ListOf(list, () => new Annotation()),
        ["dimensions"] = list => ListOf(list, () => new Dimension()),
        ["images"] = list => ListOf(list, () => new LayoutImage()),
        ["rangebreaks"] = list => ListOf(list, () => new Rangebreak()),
        ["shapes"] = list => ListOf(list, () => new Shape()),
        ["sliders"] = list => ListOf(list, () => new Slider()),
        ["tickformatstops"] = list => ListOf(list, () => new TickFormatStop()),
        ["updatemenus"] = list => ListOf(list, () => new UpdateMenu()),
    };

    /// <summary>A trace; its class is that of its kind's coordinates.</summary>
    public static Trace ToTrace(JsonObject source)
    {
        var kind = (string?)source["type"] ?? "scatter";
        Trace trace = kind switch
        {
            "cone" or "isosurface" or "mesh3d" or "scatter3d" or "streamtube" or "surface" or "volume" => new Trace3D(
                kind
            ),
            "barpolar" or "scatterpolar" or "scatterpolargl" => new TracePolar(kind),
            "choropleth" or "scattergeo" => new TraceGeo(kind),
            "choroplethmapbox" or "densitymapbox" or "scattermapbox" => new TraceMapbox(kind),
            "scatterternary" => new TraceTernary(kind),
            "carpet" or "contourcarpet" or "scattercarpet" => new TraceCarpet(kind),
            "funnelarea"
            or "icicle"
            or "indicator"
            or "parcats"
            or "parcoords"
            or "pie"
            or "sankey"
            or "sunburst"
            or "table"
            or "treemap" => new TraceDomain(kind),
            "scattersmith" => new TraceSmith(kind),
            _ => new Trace2D(kind),
        };
        return Fill(trace, source, except: "type");
    }

    /// <summary>An object's attributes put into one of Plotly.NET's.</summary>
    public static T Fill<T>(T target, JsonObject source, string? except = null)
        where T : DynamicObject
    {
        foreach (var (name, value) in source.Where(each => each.Key != except))
        {
            target.SetProperty(name, Value(name, value));
        }

        return target;
    }

    private static object? Value(string name, JsonNode? node) =>
        node switch
        {
            JsonObject source => Fill(
                Classes.TryGetValue(name.TrimEnd("0123456789".ToCharArray()), out var made)
                    ? made()
                    : new DynamicObject(),
                source
            ),
            JsonArray list when Lists.TryGetValue(name, out var typed) && list.All(each => each is JsonObject) => typed(
                list
            ),
            JsonArray list when list.All(each => each?.GetValueKind() == JsonValueKind.Number) => list.Select(each =>
                    each!.GetValue<double>()
                )
                .ToArray(),
            JsonArray list when list.All(each => each?.GetValueKind() == JsonValueKind.String) => list.Select(each =>
                    each!.GetValue<string>()
                )
                .ToArray(),
            JsonArray list => list.Select(each => Value("", each)).ToArray(),
            JsonValue value => Scalar(name, value),
            _ => null,
        };

    private static object Scalar(string name, JsonValue value) =>
        value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => value.GetValue<string>(),
            // Plotly.NET's own sizes are whole numbers.
            _ when name is "width" or "height" && value.TryGetValue<int>(out var whole) => whole,
            _ => value.GetValue<double>(),
        };

    private static T[] ListOf<T>(JsonArray list, Func<T> made)
        where T : DynamicObject => [.. list.Select(each => Fill(made(), each!.AsObject()))];
}
