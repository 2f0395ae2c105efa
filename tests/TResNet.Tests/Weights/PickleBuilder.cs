using System.Text;
using TResNet.Weights.Formats.PyTorch;

namespace TResNet.Tests.Weights;

/// <summary>Pickles written opcode by opcode, as an attacker would.</summary>
internal sealed class PickleBuilder
{
    private readonly MemoryStream bytes = new();

    internal PickleBuilder()
    {
        bytes.Write([(byte)PickleOpcode.Proto, 2]);
    }

    internal PickleBuilder Op(PickleOpcode code, params byte[] argument)
    {
        bytes.WriteByte((byte)code);
        bytes.Write(argument);
        return this;
    }

    internal PickleBuilder Text(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        return Op(PickleOpcode.BinUnicode, [.. BitConverter.GetBytes(content.Length), .. content]);
    }

    internal PickleBuilder Integer(long value) => Op(PickleOpcode.Long1, [8, .. BitConverter.GetBytes(value)]);

    internal PickleBuilder Integers(params long[] values)
    {
        Op(PickleOpcode.Mark);
        Array.ForEach(values, v => Integer(v));
        return Op(PickleOpcode.Tuple);
    }

    internal PickleBuilder Global(string module, string name) =>
        Op(PickleOpcode.Global, Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    /// <summary>A tensor that may claim anything.</summary>
    internal PickleBuilder Tensor(
        long[] shape,
        long[] strides,
        long offset = 0,
        long count = 4,
        string key = "0",
        string type = "FloatStorage"
    )
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op(PickleOpcode.Mark).Op(PickleOpcode.Mark).Text("storage");
        Global("torch", type).Text(key).Text("cpu").Integer(count).Op(PickleOpcode.Tuple);
        Op(PickleOpcode.BinPersistentId).Integer(offset).Integers(shape).Integers(strides).Op(PickleOpcode.NewFalse);
        return Global("collections", "OrderedDict")
            .Op(PickleOpcode.EmptyTuple)
            .Op(PickleOpcode.Reduce)
            .Op(PickleOpcode.Tuple)
            .Op(PickleOpcode.Reduce);
    }

    /// <summary>The pickle of a dict with one value, which the calls so far pushed.</summary>
    internal byte[] AsStateDict(string name = "weight")
    {
        var value = bytes.ToArray()[2..];
        var whole = new PickleBuilder().Op(PickleOpcode.EmptyDict).Text(name);
        whole.bytes.Write(value);
        return whole.Op(PickleOpcode.SetItem).End();
    }

    internal byte[] End()
    {
        Op(PickleOpcode.Stop);
        return bytes.ToArray();
    }

    /// <summary>A zip file as torch.save writes it, with a pickle and a storage '0' of 16 bytes.</summary>
    internal static byte[] Zip(byte[] pickle, params (string Name, byte[] Bytes)[] others)
    {
        var stream = new MemoryStream();
        var zip = new StoredZipWriter(stream);
        (string Name, byte[] Bytes)[] entries =
        [
            ("data.pkl", pickle),
            ("version", "3\n"u8.ToArray()),
            ("data/0", new byte[16]),
            .. others,
        ];
        foreach (var (name, content) in entries)
        {
            zip.Add($"archive/{name}", content.Length, s => s.Write(content));
        }

        zip.Finish();
        return stream.ToArray();
    }
}
