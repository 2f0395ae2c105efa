using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace TResNet.Charts;

/// <summary>
/// Reads plotly's JSON into the records. A value that its property cannot hold, which is seen by writing it again, stays as it is among the
/// object's other attributes; an object that lacks what its record must have stays whole among its parent's.
/// </summary>
internal static class FigureReader
{
    private static readonly JsonSerializerOptions Options = PlotlyJson.Options;

    /// <summary>Reads a figure.</summary>
    /// <exception cref="FormatException">The text is not a figure's JSON.</exception>
    public static Figure Read(string json)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new FormatException(
                $"A figure is an object with \"data\" and \"layout\" in JSON; this text is none ({exception.Message.TrimEnd('.')}).",
                exception
            );
        }

        if (node is not JsonObject source)
        {
            throw new FormatException("A figure is an object with \"data\" and \"layout\"; this JSON is none.");
        }

        source["data"] ??= new JsonArray();
        source["layout"] ??= new JsonObject();
        return Read<Figure>(source)
            ?? throw new FormatException("A figure's \"data\" is an array of traces and its \"layout\" an object.");
    }

    /// <summary>Reads one of a figure's objects; null where the record cannot hold it.</summary>
    public static T? Read<T>(JsonNode? node)
        where T : PlotlyObject => node is JsonObject source ? (T?)ReadAs(source, typeof(T)) : null;

    /// <summary>A trace as the kind that it is drawn like; null where it cannot be.</summary>
    public static T? As<T>(Trace trace, string kind)
        where T : Trace
    {
        var source = JsonSerializer.SerializeToNode(trace, Options)!.AsObject();
        source["type"] = kind;
        return (T?)ReadAs(source, typeof(T));
    }

    /// <summary>An object as its record; null where the record cannot hold it.</summary>
    private static object? ReadAs(JsonObject source, Type type)
    {
        var info = Options.GetTypeInfo(type);
        var result =
            type == typeof(OtherTrace) ? new OtherTrace(source["type"]!.GetValue<string>()) : info.CreateObject!();
        var others = source.ToDictionary(each => each.Key, each => JsonSerializer.SerializeToElement(each.Value));
        foreach (var property in info.Properties.Where(each => each is { IsExtensionData: false, Get: not null }))
        {
            if (property.Set is null)
            {
                others.Remove(property.Name); // a trace's type
            }
            else if (
                source.TryGetPropertyValue(property.Name, out var node)
                && Value(node, property.PropertyType) is { } value
            )
            {
                property.Set(result, value);
                others.Remove(property.Name);
            }
            else if (IsOptional(property))
            {
                property.Set(result, null);
            }
            else
            {
                return null;
            }
        }

        info.Properties.Single(each => each.IsExtensionData).Set!(result, others.Count > 0 ? others : null);
        return result;
    }

    /// <summary>A value of a property's type; null where the type does not hold exactly this value.</summary>
    private static object? Value(JsonNode? node, Type type)
    {
        if (node is JsonObject source && type.IsAssignableTo(typeof(PlotlyObject)))
        {
            return type != typeof(Trace) ? ReadAs(source, type)
                : ReadAs(source, KindOf(source)) is { } known ? known
                : NotNull(source["type"]) ? ReadAs(source, typeof(OtherTrace))
                : null;
        }

        if (node is JsonArray list && ElementOf(type) is { } element)
        {
            var result = Array.CreateInstance(element, list.Count);
            for (var i = 0; i < list.Count; i++)
            {
                if (Value(list[i], element) is not { } value)
                {
                    return null;
                }

                result.SetValue(value, i);
            }

            return result;
        }

        try
        {
            var value = node.Deserialize(type, Options);
            return JsonNode.DeepEquals(JsonSerializer.SerializeToNode(value, type, Options), node) ? value : null;
        }
        catch (Exception exception)
            when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && type.GetGenericArguments()[0] is var element
        && element.IsAssignableTo(typeof(PlotlyObject))
            ? element
            : null;

    private static bool NotNull(JsonNode? type) => (type as JsonValue)?.TryGetValue<string>(out _) == true;

    // As in plotly, a trace without a type is a scatter.
    private static Type KindOf(JsonObject trace) =>
        (trace["type"] as JsonValue)?.TryGetValue<string>(out var kind) != true ? typeof(Scatter)
        : kind == "scatter" ? typeof(Scatter)
        : kind == "bar" ? typeof(Bar)
        : kind == "heatmap" && trace["z"] is JsonArray ? typeof(Heatmap)
        : typeof(OtherTrace);

    private static bool IsOptional(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : new NullabilityInfoContext().Create((PropertyInfo)property.AttributeProvider!).WriteState
                == NullabilityState.Nullable;
}
