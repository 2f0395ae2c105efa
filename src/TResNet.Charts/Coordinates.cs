using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>
/// The positions of a trace along one axis: numbers, or labels on an axis of categories. Arrays of either convert to it.
/// </summary>
[JsonConverter(typeof(CoordinatesConverter))]
public sealed class Coordinates
{
    private Coordinates(IReadOnlyList<double>? numbers, IReadOnlyList<string>? labels) =>
        (Numbers, Labels) = (numbers, labels);

    /// <summary>The numbers; null when the axis has categories. A value that is not finite is a gap.</summary>
    public IReadOnlyList<double>? Numbers { get; }

    /// <summary>The category of each point; null when the axis has numbers.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>How many points there are.</summary>
    public int Count => Numbers?.Count ?? Labels!.Count;

    /// <summary>Takes numbers.</summary>
    public static implicit operator Coordinates(double[] numbers) => new(numbers, null);

    /// <summary>Takes whole numbers.</summary>
    public static implicit operator Coordinates(int[] numbers) => new(Array.ConvertAll(numbers, n => (double)n), null);

    /// <summary>Takes categories, drawn in the order of their first appearance.</summary>
    public static implicit operator Coordinates(string[] labels) => new(null, labels);
}

internal sealed class CoordinatesConverter : JsonConverter<Coordinates>
{
    public override Coordinates Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.StartArray when IsOfText(reader) => Texts(
                JsonSerializer.Deserialize<string?[]>(ref reader, options)!
            ),
            JsonTokenType.StartArray => JsonSerializer.Deserialize<double[]>(ref reader, options)!,
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, Coordinates value, JsonSerializerOptions options)
    {
        if (value.Labels is { } labels)
        {
            JsonSerializer.Serialize(writer, labels, options);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Numbers, options);
        }
    }

    private static string[] Texts(string?[] labels) =>
        Array.TrueForAll(labels, label => label is not null) ? [.. labels.OfType<string>()] : throw new JsonException();

    // A copy of the reader goes ahead.
    private static bool IsOfText(Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;
}
