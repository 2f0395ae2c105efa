using System.Runtime.InteropServices;

namespace TResNet.Peers;

/// <summary>Names and float32 values, one after another.</summary>
internal static class RawTensors
{
    public static IEnumerable<(string Name, float[] Values)> Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var name = reader.ReadString();
            var values = new float[reader.ReadInt64()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            yield return (name, values);
        }
    }
}
