using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Interop;

/// <summary>An argument of an operator: implicit conversions let a call read like PyTorch's.</summary>
internal readonly struct Arg
{
    internal readonly Tag Tag;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Arg(Tag tag, long bits = 0, object? reference = null)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>An absent optional.</summary>
    internal static Arg None => default;

    /// <summary>Whatever the operator's schema says.</summary>
    internal static Arg Default => new(Tag.Default);

    internal static Arg OptionalLong(long? value) => value is { } v ? v : None;

    internal static Arg OptionalDouble(double? value) => value is { } v ? v : None;

    internal static Arg OptionalType(torch.ScalarType? value) => value is { } v ? v : None;

    internal static Arg MemoryFormat(int format) => new(Tag.Int, format);

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(Tag.Tensor, 0, value);

    public static implicit operator Arg(long value) => new(Tag.Int, value);

    public static implicit operator Arg(int value) => new(Tag.Int, value);

    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Arg(string? value) => value is null ? None : new(Tag.String, 0, value);

    public static implicit operator Arg(long[]? value) => value is null ? None : new(Tag.IntList, 0, value);

    public static implicit operator Arg(double[]? value) => value is null ? None : new(Tag.DoubleList, 0, value);

    public static implicit operator Arg(bool[]? value) => value is null ? None : new(Tag.BoolList, 0, value);

    public static implicit operator Arg(Tensor?[]? value) => value is null ? None : new(Tag.TensorList, 0, value);

    public static implicit operator Arg(torch.ScalarType value) => new(Tag.Int, (long)value);

    public static implicit operator Arg(torch.Device? value) => value is null ? None : new(Tag.Device, value.Packed);

    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Arg(torch.Generator? value) => value is null ? None : new(Tag.Generator, 0, value);

    /// <summary>How many 8-byte words the list or text takes beside the value itself.</summary>
    internal int Words =>
        Reference switch
        {
            long[] list => list.Length,
            double[] list => list.Length,
            Tensor?[] list => list.Length,
            bool[] list => (list.Length + 7) / 8,
            string text => (System.Text.Encoding.UTF8.GetMaxByteCount(text.Length) + 7) / 8,
            _ => 0,
        };

    /// <summary>Writes the value, with its list into <paramref name="scratch"/>. Returns the words it used there.</summary>
    internal unsafe int Write(ref NativeValue value, long* scratch)
    {
        value.Tag = Tag;
        switch (Reference)
        {
            case null:
                value.Integer = Bits;
                return 0;
            case Tensor tensor:
                value.Pointer = tensor.Handle;
                return 0;
            case long[] list:
                list.CopyTo(new Span<long>(scratch, list.Length));
                return Point(ref value, scratch, list.Length, list.Length);
            case double[] list:
                list.CopyTo(new Span<double>(scratch, list.Length));
                return Point(ref value, scratch, list.Length, list.Length);
            case Tensor?[] list:
                for (var i = 0; i < list.Length; i++)
                {
                    scratch[i] = list[i]?.Handle ?? 0;
                }

                return Point(ref value, scratch, list.Length, list.Length);
            case bool[] list:
                for (var i = 0; i < list.Length; i++)
                {
                    ((byte*)scratch)[i] = list[i] ? (byte)1 : (byte)0;
                }

                return Point(ref value, scratch, list.Length, Words);
            case string text:
                var length = System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Words * 8));
                return Point(ref value, scratch, length, Words);
            case torch.Generator generator:
                value.Pointer = generator.Handle;
                return 0;
            default:
                throw new InvalidOperationException($"{Reference.GetType()} is no operator argument.");
        }
    }

    private static unsafe int Point(ref NativeValue value, long* scratch, int size, int words)
    {
        value.Pointer = (nint)scratch;
        value.Size = size;
        return words;
    }

    /// <summary>For messages: a tensor by dtype and shape, anything else by value.</summary>
    public override string ToString() =>
        Reference switch
        {
            Tensor tensor => tensor.ToString(),
            Tensor?[] list =>
                $"[{string.Join(", ", list.Take(4).Select(t => t?.ToString() ?? "none"))}{(list.Length > 4 ? ", ..." : "")}]",
            long[] list => $"[{string.Join(", ", list)}]",
            double[] list => $"[{string.Join(", ", list)}]",
            bool[] list => $"[{string.Join(", ", list)}]",
            string text => $"'{text}'",
            torch.Generator => "generator",
            _ => Tag switch
            {
                Tag.None => "none",
                Tag.Default => "default",
                Tag.Double => BitConverter
                    .Int64BitsToDouble(Bits)
                    .ToString(System.Globalization.CultureInfo.InvariantCulture),
                Tag.Bool => Bits != 0 ? "true" : "false",
                _ => Bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
}
