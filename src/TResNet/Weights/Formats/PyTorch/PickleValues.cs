using static TorchSharp.torch;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>A Python tuple, also torch.Size.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python list.</summary>
internal sealed class PickleList : List<object?>;

/// <summary>A Python dict or OrderedDict: the pairs in the order in which they were set, so a later one replaces an earlier.</summary>
internal class PickleDict : List<KeyValuePair<object?, object?>>
{
    /// <summary>The attributes that the file gives it, mostly a <see cref="PickleDict"/>.</summary>
    internal object? State { get; set; }
}

/// <summary>
/// What a file says of an object whose class is not known here. It is never made: the class is not looked up, nothing of it runs, and what
/// the file does with it (calls, attributes, items) is only written down.
/// </summary>
/// <param name="className">The class or function that the file names, such as <c>argparse.Namespace</c>.</param>
/// <param name="arguments">What the file would call it with.</param>
internal sealed class PickleObject(string className, object?[] arguments) : PickleDict
{
    /// <summary>The class or function that the file names.</summary>
    internal string ClassName { get; } = className;

    /// <summary>What the file would call it with.</summary>
    internal object?[] Arguments { get; } = arguments;
}

/// <summary>A storage that a tensor lies in.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">How many elements the file says it has.</param>
/// <param name="Start">The element that the tensor's offset counts from; not 0 only for the views of the oldest files.</param>
internal sealed record StorageReference(ScalarType Type, string Key, long Count, long Start);

/// <summary>A tensor as a file describes it; nothing of it is checked yet.</summary>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Shape">The lengths.</param>
/// <param name="Strides">The step to the next element in each dimension, in elements.</param>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Shape, long[] Strides);
