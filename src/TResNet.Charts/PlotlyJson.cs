using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TResNet.Charts;

/// <summary>
/// How the records of a figure become plotly's JSON: names in lower case (<c>HoverTemplate</c> is <c>hovertemplate</c>), nothing for
/// what is not set, and null for a number that is not finite, which plotly draws as a gap.
/// </summary>
internal static class PlotlyJson
{
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = new LowerCase(),
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters =
            {
                new FiniteOrNull(),
                new TraceByKind(),
                new JsonStringEnumConverter(new LowerCase(), allowIntegerValues: false),
            },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };

    private sealed class LowerCase : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    /// <summary>Writes a trace with the properties of its own kind; <see cref="FigureReader"/> reads it.</summary>
    private sealed class TraceByKind : JsonConverter<Trace>
    {
        public override bool CanConvert(Type type) => type == typeof(Trace);

        public override Trace Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Trace value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
