// JSON has no word for what is no number (RFC 8259, section 6): a loss that became infinite, an accuracy of no images.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Training;

/// <summary>Writes infinite and undefined numbers as null, and reads null as undefined.</summary>
internal sealed class NumberOrNull : JsonConverter<double>
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
