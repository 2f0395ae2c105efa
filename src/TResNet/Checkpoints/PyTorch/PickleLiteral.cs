using System.Globalization;
using System.Text;

namespace TResNet.Checkpoints.PyTorch;

/// <summary>The opcodes that push a value of their own: numbers, texts and bytes.</summary>
internal static class PickleLiteral
{
    private const int LongestInteger = sizeof(long);

    /// <summary>Reads the value behind such an opcode; false for every other opcode.</summary>
    internal static bool TryRead(PickleOpcode code, FileBytes file, PickleInput input, out object? value)
    {
        value = code switch
        {
            PickleOpcode.None => null,
            PickleOpcode.NewTrue => true,
            PickleOpcode.NewFalse => false,
            PickleOpcode.BinInt => (long)input.Int32(),
            PickleOpcode.BinInt1 => (long)input.Byte(),
            PickleOpcode.BinInt2 => (long)input.UInt16(),
            PickleOpcode.Long1 => Long(input, input.Byte()),
            PickleOpcode.Long4 => Long(input, input.UInt32()),
            PickleOpcode.Int or PickleOpcode.Long => Integer(input.Line()),
            PickleOpcode.BinFloat => input.Double(),
            PickleOpcode.Float => double.TryParse(input.Line(), CultureInfo.InvariantCulture, out var number)
                ? number
                : throw file.Broken("it holds a number that is none"),
            PickleOpcode.BinUnicode => input.Text(input.UInt32(), Encoding.UTF8),
            PickleOpcode.ShortBinUnicode => input.Text(input.Byte(), Encoding.UTF8),
            PickleOpcode.BinUnicode8 => input.Text(input.UInt64(), Encoding.UTF8),
            PickleOpcode.Unicode => input.Line(),
            // Python 2's strings.
            PickleOpcode.BinString => input.Text(input.UInt32(), Encoding.Latin1),
            PickleOpcode.ShortBinString => input.Text(input.Byte(), Encoding.Latin1),
            PickleOpcode.String => input.Line().Trim('\'', '"'),
            PickleOpcode.BinBytes => input.Bytes(input.UInt32()),
            PickleOpcode.ShortBinBytes => input.Bytes(input.Byte()),
            PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8 => input.Bytes(input.UInt64()),
            _ => input,
        };
        return value != (object)input;
    }

    private static object Long(PickleInput input, uint bytes) =>
        bytes <= LongestInteger
            ? input.Integer((int)bytes)
            // The magic number, which is known from the file's first bytes, and what scripts keep beside weights, such as a random state.
            : input.Text(bytes, Encoding.Latin1);

    /// <summary>An integer in digits; 00 and 01 are False and True, and Python 2 put an L behind long ones.</summary>
    private static object Integer(string digits) =>
        digits switch
        {
            "00" => false,
            "01" => true,
            _ when long.TryParse(digits.TrimEnd('L'), CultureInfo.InvariantCulture, out var number) => number,
            _ => digits,
        };
}
