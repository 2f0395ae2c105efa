using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;
using static TorchSharp.torch;
using Context = TorchSharp.torch.autograd.AutogradContext;

namespace TorchSharp;

/// <summary>
/// The C# side of native/autograd.cpp: a graph node holds a handle on one of these, forward and backward arrive through function
/// pointers, and an exception waits here until the native frames are gone.
/// </summary>
internal sealed unsafe class ManagedFunction
{
    private const int MaxTensors = 64;

    [ThreadStatic]
    private static Exception? thrown;

    private readonly Context context = new();
    private readonly bool[] isTensor;
    private readonly string name;
    private readonly Func<Context, Tensor, List<Tensor>> backward;
    private Func<Context, Tensor>? forward;

    private ManagedFunction(
        object[] vars,
        string name,
        Func<Context, Tensor> forward,
        Func<Context, Tensor, List<Tensor>> backward
    )
    {
        isTensor = Array.ConvertAll(vars, v => v is Tensor);
        this.name = name;
        this.forward = forward;
        this.backward = backward;
    }

    internal static Tensor Apply(
        object[] vars,
        string name,
        Func<Context, Tensor> forward,
        Func<Context, Tensor, List<Tensor>> backward
    )
    {
        var function = new ManagedFunction(vars, name, forward, backward);
        var tensors = vars.OfType<Tensor>().ToArray();
        nint output;
        int count;
        fixed (nint* inputs = autograd.Handles(tensors))
        {
            var status = tb_function_apply(
                inputs,
                tensors.Length,
                GCHandle.ToIntPtr(GCHandle.Alloc(function)),
                &OnForward,
                &OnBackward,
                &OnReleased,
                &output,
                1,
                &count
            );
            var failure = TakeException();
            if (failure is not null)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }

            Check(status, name);
        }

        GC.KeepAlive(tensors);
        return new Tensor(output);
    }

    /// <summary>What a callback on this thread threw, once.</summary>
    internal static Exception? TakeException()
    {
        var result = thrown;
        thrown = null;
        return result;
    }

    internal static void Save(nint context, List<Tensor> tensors)
    {
        fixed (nint* handles = autograd.Handles(tensors))
        {
            Check(tb_context_save(Inside(context), handles, tensors.Count), nameof(Context.save_for_backward));
        }

        GC.KeepAlive(tensors);
    }

    internal static List<Tensor> Saved(nint context)
    {
        var handles = stackalloc nint[MaxTensors];
        int count;
        Check(tb_context_saved(Inside(context), handles, MaxTensors, &count), nameof(Context.get_saved_variables));
        var tensors = new List<Tensor>(count);
        for (var i = 0; i < count; i++)
        {
            tensors.Add(handles[i] == 0 ? null! : new Tensor(handles[i]));
        }

        return tensors;
    }

    internal static void Mark(nint context, List<Tensor> tensors, bool dirty)
    {
        fixed (nint* handles = autograd.Handles(tensors))
        {
            Check(tb_context_mark(Inside(context), handles, tensors.Count, dirty ? 1 : 0), "mark");
        }

        GC.KeepAlive(tensors);
    }

    internal static void MaterializeGrads(nint context, bool value) =>
        tb_context_materialize_grads(Inside(context), value ? 1 : 0);

    private static nint Inside(nint context) =>
        context != 0
            ? context
            : throw new InvalidOperationException("An autograd context is of use only inside forward and backward.");

    private static ManagedFunction From(nint state) => (ManagedFunction)GCHandle.FromIntPtr(state).Target!;

    [UnmanagedCallersOnly]
    private static int OnForward(nint state, nint context, nint* outputs, int capacity, int* count)
    {
        var function = From(state);
        return function.Run(
            context,
            () =>
            {
                var result = function.forward!(function.context);
                function.forward = null;
                outputs[0] = tb_tensor_alias(result.Handle);
                *count = 1;
            }
        );
    }

    [UnmanagedCallersOnly]
    private static int OnBackward(nint state, nint context, nint* grads, int gradCount, nint* outputs, int outputCount)
    {
        var function = From(state);
        return function.Run(
            context,
            () =>
            {
                var results = function.backward(function.context, grads[0] == 0 ? null! : new Tensor(grads[0]));
                if (results.Count != function.isTensor.Length)
                {
                    throw new InvalidOperationException(
                        $"The backward of {function.name} returned {results.Count} gradients for {function.isTensor.Length} inputs."
                    );
                }

                var next = 0;
                for (var i = 0; i < results.Count; i++)
                {
                    if (function.isTensor[i])
                    {
                        outputs[next++] = results[i] is { } gradient ? tb_tensor_alias(gradient.Handle) : 0;
                    }
                }
            }
        );
    }

    [UnmanagedCallersOnly]
    private static void OnReleased(nint state) => GCHandle.FromIntPtr(state).Free();

    /// <summary>Runs a callback in a scope of its own; nothing may be thrown through native frames.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Run(nint native, Action body)
    {
        context.Native = native;
        try
        {
            using var scope = NewDisposeScope();
            body();
            return 0;
        }
        catch (Exception e)
        {
            thrown = e;
            return 1;
        }
        finally
        {
            context.Native = 0;
        }
    }
}
