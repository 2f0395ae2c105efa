// Tensor.Save and Load: single tensors in TorchSharp's file format.
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Saving, loading and converting tensors.</summary>
public static partial class TensorExtensionMethods
{
    /// <summary>Makes a parameter of a tensor's values. The tensor's handle moves to the parameter.</summary>
    /// <param name="tensor">The initial values. Not to be used afterwards.</param>
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>Saves a tensor in TorchSharp's format: element type, rank and sizes as LEB128, then the elements.</summary>
    /// <param name="tensor">The tensor, on any device and in any memory format.</param>
    /// <param name="writer">Where to write.</param>
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        long[] shape = tensor.shape;
        writer.Encode((long)tensor.dtype);
        writer.Encode(shape.Length);
        foreach (long size in shape)
        {
            writer.Encode(size);
        }

        writer.Write(tensor.bytes);
    }

    /// <summary>Saves a tensor in TorchSharp's format, and closes the stream.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="stream">Where to write.</param>
    public static void Save(this Tensor tensor, Stream stream)
    {
        using BinaryWriter writer = new(stream);
        tensor.Save(writer);
    }

    /// <summary>Saves a tensor in TorchSharp's format to a file.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="location">The path of the file.</param>
    public static void Save(this Tensor tensor, string location) => tensor.Save(File.Create(location));

    /// <summary>Loads values that were saved in TorchSharp's format into a tensor of the same type and shape.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="reader">Where to read.</param>
    /// <param name="skip">Whether to read past the values and change nothing.</param>
    /// <exception cref="ArgumentException">The saved tensor has another type or shape.</exception>
    /// <exception cref="InvalidDataException">What is read is not a tensor in TorchSharp's format.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor does.</exception>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        TensorHeader header = TensorHeader.Read(reader);
        if (skip)
        {
            header.Skip(reader);
            return;
        }

        if (header.Type != tensor.dtype || !header.Shape.AsSpan().SequenceEqual(tensor.shape))
        {
            throw new ArgumentException(
                $"The saved tensor is {header.Type} [{string.Join(", ", header.Shape)}], and the one to load it into is {tensor.dtype} [{string.Join(", ", tensor.shape)}]: they must be the same."
            );
        }

        using Tensor loaded = header.ReadTensor(reader);
        using IDisposable withoutGradients = no_grad();
        tensor.copy_(loaded);
    }

    /// <summary>Loads a tensor that was saved in TorchSharp's format.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="skip">Whether to read past the values and return zeros.</param>
    /// <returns>A tensor on the CPU.</returns>
    /// <exception cref="InvalidDataException">What is read is not a tensor in TorchSharp's format.</exception>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor does.</exception>
    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        TensorHeader header = TensorHeader.Read(reader);
        if (!skip)
        {
            return header.ReadTensor(reader);
        }

        header.Skip(reader);
        return torch.zeros(header.Shape, dtype: header.Type);
    }
}
