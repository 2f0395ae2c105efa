using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>One value for all points of a trace, or one for each point: either converts to it, as plotly takes either.</summary>
/// <typeparam name="T">A number or a text.</typeparam>
[JsonConverter(typeof(ValueOrArrayConverter))]
public sealed class ValueOrArray<T>
    where T : notnull
{
    private readonly T? all;
    private readonly T[]? each;

    private ValueOrArray(T? all, T[]? each) => (this.all, this.each) = (all, each);

    /// <summary>The value of a point.</summary>
    /// <param name="point">Its index.</param>
    public T this[int point] => each is null ? all! : each[point];

    /// <summary>The value of a point; where there is none, what is given.</summary>
    internal T At(int point, T otherwise) =>
        each is null ? all!
        : point < each.Length ? each[point]
        : otherwise;

    /// <summary>Whether points have values of their own.</summary>
    public bool Varies => each is not null;

    /// <summary>One value for all.</summary>
    public static implicit operator ValueOrArray<T>(T value) => new(value, null);

    /// <summary>One value for each point, in order.</summary>
    public static implicit operator ValueOrArray<T>(T[] values) => new(default, values);

    internal void Write(Utf8JsonWriter writer, JsonSerializerOptions options)
    {
        if (each is null)
        {
            JsonSerializer.Serialize(writer, all, options);
        }
        else
        {
            JsonSerializer.Serialize(writer, each, options);
        }
    }
}

internal sealed class ValueOrArrayConverter : JsonConverterFactory
{
    public override bool CanConvert(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueOrArray<>);

    public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type.GetGenericArguments()))!;

    private sealed class Of<T> : JsonConverter<ValueOrArray<T>>
        where T : notnull
    {
        public override ValueOrArray<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray
                ? JsonSerializer.Deserialize<T[]>(ref reader, options)!
                : JsonSerializer.Deserialize<T>(ref reader, options)!;

        public override void Write(Utf8JsonWriter writer, ValueOrArray<T> value, JsonSerializerOptions options) =>
            value.Write(writer, options);
    }
}
