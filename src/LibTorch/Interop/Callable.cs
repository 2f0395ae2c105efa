using System.Runtime.CompilerServices;
using Tensor = TorchSharp.torch.Tensor;

[module: SkipLocalsInit]

namespace TorchSharp.Interop;

/// <summary>Something in libtorch that takes values from a stack and leaves its results there: an operator or a compiled function.</summary>
internal abstract unsafe class Callable
{
    private const int MaxOutputs = 512;
    private const int StackWords = 512;

    /// <summary>For messages: <c>aten::add.Tensor</c>.</summary>
    private protected abstract string FullName { get; }

    private protected abstract int Enter(
        NativeValue* inputs,
        int inputCount,
        NativeValue* outputs,
        int capacity,
        int* count
    );

    /// <summary>Calls for one tensor. Arguments left out at the end take the schema's defaults.</summary>
    internal Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return Tensor.Own(result) ?? throw new LibTorchException($"{FullName} returned no tensor.");
    }

    /// <summary>Calls where the result is not wanted: an operator that changes a tensor in place.</summary>
    internal void CallVoid(params ReadOnlySpan<Arg> args) => Invoke(args, null, 0);

    /// <summary>Calls for several tensors, or one list of them. An undefined tensor is null.</summary>
    internal Tensor[] CallMany(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[MaxOutputs];
        var count = Invoke(args, results, MaxOutputs);
        var tensors = new Tensor[count];
        for (var i = 0; i < count; i++)
        {
            tensors[i] = Tensor.Own(results[i])!;
        }

        return tensors;
    }

    /// <summary>Calls for a number or a truth value.</summary>
    internal Scalar CallScalar(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return new Scalar(result.Tag, result.Integer);
    }

    /// <summary>Calls for whatever comes: tensors and scalars, boxed.</summary>
    internal object?[] CallAny(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[MaxOutputs];
        var count = Invoke(args, results, MaxOutputs);
        var values = new object?[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = results[i].Tag switch
            {
                Tag.Tensor => Tensor.Own(results[i]),
                Tag.Int => results[i].Integer,
                Tag.Double => results[i].Real,
                Tag.Bool => results[i].Integer != 0,
                _ => null,
            };
        }

        return values;
    }

    private int Invoke(ReadOnlySpan<Arg> args, NativeValue* results, int capacity)
    {
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            words += arg.Words;
        }

        if (words > StackWords)
        {
            fixed (long* heap = new long[words])
            {
                return Invoke(args, heap, results, capacity);
            }
        }

        var scratch = stackalloc long[words];
        return Invoke(args, scratch, results, capacity);
    }

    private int Invoke(ReadOnlySpan<Arg> args, long* scratch, NativeValue* results, int capacity)
    {
        var inputs = stackalloc NativeValue[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            scratch += args[i].Write(ref inputs[i], scratch);
        }

        int count;
        var status = Enter(inputs, args.Length, results, capacity, &count);

        // Until here the arguments' handles were in use, whatever the collector thinks of the wrappers.
        foreach (ref readonly var arg in args)
        {
            GC.KeepAlive(arg.Reference);
        }

        return status == 0 ? count : throw Failure(args);
    }

    private LibTorchException Failure(ReadOnlySpan<Arg> args)
    {
        var reason = NativeMethods.LastError();
        var texts = new string[args.Length];
        for (var i = 0; i < args.Length; i++)
        {
            texts[i] = args[i].ToString();
        }

        return new LibTorchException($"{FullName}({string.Join(", ", texts)}) failed: {reason}");
    }
}
