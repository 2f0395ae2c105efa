using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Nodes;
using TResNet.Charts;

namespace TResNet.Interactive.ForeignCharts;

/// <summary>
/// Charts of Plotly.NET, https://plotly.net, which are plotly's JSON as objects with properties by name. Its own <c>toJson</c> takes a tenth of a second
/// for any chart, by an exception for each property, and a notebook asks for four forms of each; so the objects are read here.
/// </summary>
internal static class PlotlyNetCharts
{
    private const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;

    public static Figure ToFigure(object chart)
    {
        // A chart's class is derived from GenericChart, whose functions are static.
        var type = chart.GetType();
        while (type.BaseType is { } below && below != typeof(object))
        {
            type = below;
        }

        JsonNode? Part(string name) => Json(type.GetMethod(name, Static, [type])!.Invoke(null, [chart]));
        return Figure.FromJson(
            new JsonObject
            {
                ["data"] = Part("getTraces"),
                ["layout"] = Part("getLayout"),
                ["config"] = Part("getConfig"),
            }.ToJsonString()
        );
    }

    private static JsonNode? Json(object? value) =>
        value switch
        {
            null or double.NaN or float.NaN or double.PositiveInfinity or double.NegativeInfinity => null,
            string or bool or DateTime or DateTimeOffset => Scalar(value),
            IConvertible number when Type.GetTypeCode(number.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal =>
                Scalar(value),
            IEnumerable<KeyValuePair<string, object?>> members => Object(members),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Json)]),
            _ when value.GetType().GetMethod("GetProperties", [typeof(bool)]) is { } members => Object(
                (IEnumerable<KeyValuePair<string, object?>>)members.Invoke(value, [true])!
            ),
            _ => Own(value),
        };

    /// <summary>What Plotly.NET writes of a value, colours for one, by the copy of Newtonsoft.Json that it has loaded.</summary>
    private static JsonNode? Own(object value)
    {
        var library = value.GetType().Assembly;
        if (library.GetReferencedAssemblies().FirstOrDefault(each => each.Name == "Newtonsoft.Json") is not { } name)
        {
            return Scalar(value);
        }

        var convert = AssemblyLoadContext
            .GetLoadContext(library)!
            .LoadFromAssemblyName(name)
            .GetType("Newtonsoft.Json.JsonConvert")!
            .GetMethod("SerializeObject", [typeof(object)])!;
        return JsonNode.Parse((string)convert.Invoke(null, [value])!);
    }

    private static JsonObject Object(IEnumerable<KeyValuePair<string, object?>> members) =>
        [
            .. members
                .Where(member => member.Value is not null)
                .Select(member => KeyValuePair.Create(member.Key, Json(member.Value))),
        ];

    private static JsonNode? Scalar(object value) => JsonSerializer.SerializeToNode(value, value.GetType());
}
