using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number or truth value as an operator takes it: its kind (integer, floating point, bool) decides type promotion.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(Tag tag, long bits)
    {
        Tag = tag;
        Bits = bits;
    }

    internal Tag Tag { get; }

    internal long Bits { get; }

    private double Number => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(Tag.Int, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(Tag.Int, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(byte value) => new(Tag.Int, value);

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);

    internal double ToDoubleValue() => Number;

    internal long ToLongValue() => Tag == Tag.Double ? (long)Number : Bits;

    /// <summary>Nothing to free; here for source compatibility.</summary>
    public void Dispose() { }

    /// <inheritdoc/>
    public override string ToString() => ((Arg)this).ToString();
}

/// <summary>Reading and making scalars.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>The number as a scalar.</summary>
    public static Scalar ToScalar(this int value) => value;

    /// <summary>The number as a scalar.</summary>
    public static Scalar ToScalar(this long value) => value;

    /// <summary>The number as a scalar.</summary>
    public static Scalar ToScalar(this float value) => value;

    /// <summary>The number as a scalar.</summary>
    public static Scalar ToScalar(this double value) => value;

    /// <summary>The truth value as a scalar.</summary>
    public static Scalar ToScalar(this bool value) => value;

    /// <summary>As double precision.</summary>
    public static double ToDouble(this Scalar value) => value.ToDoubleValue();

    /// <summary>As single precision.</summary>
    public static float ToSingle(this Scalar value) => (float)value.ToDoubleValue();

    /// <summary>As a 64-bit integer; a fraction is cut.</summary>
    public static long ToInt64(this Scalar value) => value.ToLongValue();

    /// <summary>As a 32-bit integer; a fraction is cut.</summary>
    public static int ToInt32(this Scalar value) => (int)value.ToLongValue();

    /// <summary>True unless zero.</summary>
    public static bool ToBoolean(this Scalar value) => value.ToDoubleValue() != 0;
}
