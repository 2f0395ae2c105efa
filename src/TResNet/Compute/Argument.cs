using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>An argument of an <see cref="Operator"/>, as libtorch's stable C functions take it (<c>StableIValue</c>).</summary>
internal readonly unsafe partial struct Argument
{
    private readonly object? value;
    private readonly ulong bits;
    private readonly bool optional;

    private Argument(object? value, ulong bits, bool optional)
    {
        this.value = value;
        this.bits = bits;
        this.optional = optional;
    }

    /// <summary>What was not given, of an optional parameter.</summary>
    public static Argument None => default;

    public static implicit operator Argument(Tensor tensor) => new(tensor, 0, false);

    public static implicit operator Argument(Tensor[] tensors) => new(tensors, 0, false);

    public static implicit operator Argument(long value) => new(null, (ulong)value, false);

    public static implicit operator Argument(bool value) => new(null, value ? 1UL : 0, false);

    public static implicit operator Argument(double value) => new(null, BitConverter.DoubleToUInt64Bits(value), false);

    public static implicit operator Argument(long[] values) => new(values, 0, false);

    public static implicit operator Argument(bool[] values) => new(values, 0, false);

    public static implicit operator Argument(string text) => new(text, 0, false);

    public static implicit operator Argument(ScalarType type) => (long)(sbyte)type;

    /// <summary>The value of an optional parameter; null is <see cref="None"/>.</summary>
    public static Argument Optional(Tensor? tensor) => tensor is null ? None : new(tensor, 0, true);

    /// <summary>The values of an optional parameter.</summary>
    public static Argument Optional(long[] values) => new(values, 0, true);

    /// <summary>The value of an optional parameter.</summary>
    public static Argument Optional(Argument argument) => new(argument.value, argument.bits, true);

    /// <summary>A new reference or copy, which the call takes.</summary>
    public ulong Lend()
    {
        var lent = value switch
        {
            Tensor tensor => Reference(tensor),
            Tensor[] tensors => List(tensors, static tensor => Reference(tensor)),
            long[] numbers => List(numbers, static number => (ulong)number),
            bool[] flags => List(flags, static flag => flag ? 1UL : 0),
            string text => Text(text),
            _ => bits,
        };
        if (!optional)
        {
            return lent;
        }

        // Freed by the callee.
        var box = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *box = lent;
        return (ulong)box;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        value switch
        {
            Tensor tensor => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]",
            Tensor[] tensors => $"{tensors.Length} tensors",
            long[] numbers => $"[{string.Join(", ", numbers)}]",
            bool[] flags => $"[{string.Join(", ", flags)}]",
            string text => text,
            _ => bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    private static ulong Reference(Tensor tensor)
    {
        Operator.aoti_torch_new_tensor_handle(tensor.Handle, out var handle);
        return (ulong)handle;
    }

    private static ulong List<T>(T[] items, Func<T, ulong> lend)
    {
        torch_new_list_reserve_size((nuint)items.Length, out var list);
        foreach (var item in items)
        {
            torch_list_push_back(list, lend(item));
        }

        return (ulong)list;
    }

    private static ulong Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* first = bytes)
        {
            torch_new_string_handle(first, (nuint)bytes.Length, out var handle);
            return (ulong)handle;
        }
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int torch_new_list_reserve_size(nuint size, out nint list);

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int torch_list_push_back(nint list, ulong value);

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int torch_new_string_handle(byte* text, nuint length, out nint handle);
}
