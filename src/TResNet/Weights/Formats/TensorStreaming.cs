using System.Buffers;
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats;

/// <summary>Moves tensors between files and memory a few megabytes at a time, so that no tensor is in memory twice.</summary>
internal static class TensorStreaming
{
    private const int ChunkBytes = 4 << 20;

    /// <summary>Reads a tensor's elements into another of its shape, converted to that one's type and device.</summary>
    internal static void CopyInto(ITensorFile file, string name, Tensor target)
    {
        var entry = file.Entries[name];
        if (!target.is_contiguous())
        {
            using var whole = Read(file, name);
            target.copy_(whole);
            return;
        }

        using var flat = target.detach().view(-1);
        var size = entry.ElementSize;
        var step = ChunkBytes / size;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(step, entry.Count) * size);
        for (var done = 0L; done < entry.Count; done += step)
        {
            var count = Math.Min(step, entry.Count - done);
            var bytes = buffer.AsSpan(0, (int)count * size);
            file.Read(name, done * size, bytes);
            using var scope = NewDisposeScope();
            var part = empty([count], entry.Type);
            part.bytes = bytes;
            flat.narrow(0, done, count).copy_(part);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads a tensor, in the file's element type.</summary>
    internal static Tensor Read(ITensorFile file, string name)
    {
        var result = empty(file.Entries[name].Shape, file.Entries[name].Type);
        CopyInto(file, name, result);
        return result;
    }

    /// <summary>Writes a tensor's elements in row-major order.</summary>
    internal static void Write(Stream output, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        var count = flat.numel();
        var step = ChunkBytes / tensor.dtype.ElementSize();
        for (var done = 0L; done < count; done += step)
        {
            using var part = flat.narrow(0, done, Math.Min(step, count - done));
            output.Write(part.bytes);
        }
    }

    /// <summary>Writes what a source makes, and frees it.</summary>
    internal static void Write(Stream output, TensorSource source)
    {
        using var scope = NewDisposeScope();
        Write(output, source.Make());
    }
}
