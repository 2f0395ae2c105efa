// The names that PyTorch's state dicts are made of (torch/_utils.py and torch/serialization.py), which are all that mean something here.
using static TorchSharp.torch;

namespace TResNet.Checkpoints.PyTorch;

/// <summary>Something callable or a type that a state dict may name.</summary>
internal abstract record PickleGlobal
{
    /// <summary>One of torch's storage classes.</summary>
    internal sealed record StorageType(ScalarType Type) : PickleGlobal;

    /// <summary>A function or class that is called with arguments.</summary>
    internal sealed record Callable(string Name, Func<object?[], object?> Call) : PickleGlobal;

    /// <summary>Any other class or function. It stays a name.</summary>
    internal sealed record Unknown(string Name) : PickleGlobal;
}

/// <summary>The names a file may use, and what calling them gives. Nothing of Python's is ever looked up.</summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<string, PickleGlobal> Known = new(StringComparer.Ordinal)
    {
        ["torch.DoubleStorage"] = new PickleGlobal.StorageType(ScalarType.Float64),
        ["torch.FloatStorage"] = new PickleGlobal.StorageType(ScalarType.Float32),
        ["torch.HalfStorage"] = new PickleGlobal.StorageType(ScalarType.Float16),
        ["torch.BFloat16Storage"] = new PickleGlobal.StorageType(ScalarType.BFloat16),
        ["torch.LongStorage"] = new PickleGlobal.StorageType(ScalarType.Int64),
        ["torch.IntStorage"] = new PickleGlobal.StorageType(ScalarType.Int32),
        ["torch.ShortStorage"] = new PickleGlobal.StorageType(ScalarType.Int16),
        ["torch.CharStorage"] = new PickleGlobal.StorageType(ScalarType.Int8),
        ["torch.ByteStorage"] = new PickleGlobal.StorageType(ScalarType.Byte),
        ["torch.BoolStorage"] = new PickleGlobal.StorageType(ScalarType.Bool),
        ["torch.ComplexFloatStorage"] = new PickleGlobal.StorageType(ScalarType.ComplexFloat32),
        ["torch.ComplexDoubleStorage"] = new PickleGlobal.StorageType(ScalarType.ComplexFloat64),
        ["collections.OrderedDict"] = new PickleGlobal.Callable("collections.OrderedDict", OrderedDict),
        ["torch.Size"] = new PickleGlobal.Callable("torch.Size", Size),
        ["torch._utils._rebuild_tensor"] = new PickleGlobal.Callable("torch._utils._rebuild_tensor", Tensor),
        ["torch._utils._rebuild_tensor_v2"] = new PickleGlobal.Callable("torch._utils._rebuild_tensor_v2", Tensor),
        ["torch._utils._rebuild_parameter"] = new PickleGlobal.Callable("torch._utils._rebuild_parameter", Parameter),
        ["torch._utils._rebuild_parameter_with_state"] = new PickleGlobal.Callable(
            "torch._utils._rebuild_parameter_with_state",
            Parameter
        ),
        ["torch._tensor._rebuild_from_type_v2"] = new PickleGlobal.Callable(
            "torch._tensor._rebuild_from_type_v2",
            Subclass
        ),
    };

    /// <summary>What a name stands for: itself alone, where it is not part of a state dict.</summary>
    internal static PickleGlobal Find(string name) => Known.GetValueOrDefault(name) ?? new PickleGlobal.Unknown(name);

    /// <summary>OrderedDict() or OrderedDict([[key, value], ...]); null if the arguments are others.</summary>
    private static PickleDict? OrderedDict(object?[] arguments)
    {
        var result = new PickleDict();
        if (arguments is [PickleList items])
        {
            foreach (var item in items)
            {
                if (
                    (
                        item is PickleTuple { Items: { Length: 2 } pair } ? pair
                        : item is PickleList { Count: 2 } list ? [.. list]
                        : null
                    )
                    is not [var key, var value]
                )
                {
                    return null;
                }

                result.Add(new(key, value));
            }

            return result;
        }

        return arguments.Length == 0 ? result : null;
    }

    private static PickleTuple? Size(object?[] arguments) =>
        arguments is [PickleTuple or PickleList] ? new PickleTuple([.. Items(arguments[0])!]) : null;

    /// <summary>(storage, offset, shape, strides, ...): whether it asks for gradients and its hooks are nothing to us.</summary>
    private static TensorReference? Tensor(object?[] arguments) =>
        arguments is [StorageReference storage, long offset, var shape, var strides, ..]
        && Integers(shape) is { } lengths
        && Integers(strides) is { } steps
            ? new TensorReference(storage, offset, lengths, steps)
            : null;

    private static TensorReference? Parameter(object?[] arguments) =>
        arguments is [TensorReference tensor, ..] ? tensor : null;

    /// <summary>(function, class, arguments, state) of a class derived from Tensor: the tensor within it.</summary>
    private static object? Subclass(object?[] arguments) =>
        arguments is [PickleGlobal.Callable function, _, PickleTuple inner, ..] && function.Call != Subclass
            ? function.Call(inner.Items)
            : null;

    private static long[]? Integers(object? value) =>
        Items(value) is { } items && items.All(i => i is long) ? [.. items.Cast<long>()] : null;

    private static IReadOnlyList<object?>? Items(object? value) =>
        value switch
        {
            PickleTuple tuple => tuple.Items,
            PickleList list => list,
            _ => null,
        };
}
