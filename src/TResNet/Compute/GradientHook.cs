// TorchSharp has no register_hook for tensors. libtorch's own takes a std::function, whose layout in libstdc++ is its interface: sixteen bytes for
// what it calls, a function that copies and ends it, a function that calls it. What is called here is C#, found by a number.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>Calls C# with the gradient of a leaf while backward runs, before it is added to what the leaf has.</summary>
internal sealed unsafe partial class GradientHook : IDisposable
{
    private const int Clone = 2;
    private static readonly ConcurrentDictionary<long, GradientHook> Hooks = [];
    private static readonly Lazy<bool> Found = new(Try);

    // What a tensor that is none points to.
    private static readonly Lazy<nint> Undefined = new(() =>
        NativeLibrary.GetExport(NativeLibraries.Load(NativeLibraries.C10), "_ZN3c1019UndefinedTensorImpl10_singletonE")
    );
    private static long last;

    private readonly Tensor leaf;
    private readonly Action<Tensor> seen;
    private readonly long number;
    private readonly uint place;

    private GradientHook(Tensor leaf, Action<Tensor> seen)
    {
        (this.leaf, this.seen, number) = (leaf, seen, Interlocked.Increment(ref last));
        Hooks[number] = this;
        Function function = new()
        {
            Number = number,
            Manager = &Manage,
            Invoker = &Invoke,
        };
        place = RegisterHook(leaf.Handle, &function);
    }

    /// <summary>Whether libtorch's hooks work here: on a processor, with the version that this was built for.</summary>
    public static bool Available => Found.Value;

    /// <summary>What the callback threw last; null where it threw nothing. It cannot pass through libtorch.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Calls from now on until it is disposed.</summary>
    /// <param name="leaf">On a processor, of which a gradient is wanted.</param>
    /// <param name="seen">Gets the gradient, which lives for the call alone, on the thread that runs backward.</param>
    public static GradientHook On(Tensor leaf, Action<Tensor> seen) =>
        leaf.requires_grad
            ? new GradientHook(leaf, seen)
            : throw new ArgumentException("Of a tensor that needs no gradient there is none to see.", nameof(leaf));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Hooks.TryRemove(number, out _))
        {
            RemoveHook(leaf.Handle, place);
        }
    }

    private static bool Try()
    {
        try
        {
            if (!OperatingSystem.IsLinux() || LibTorch.Version() < new Version(2, 10))
            {
                return false;
            }

            var none = Undefined.Value;
            using var scope = NewDisposeScope();
            using var _ = enable_grad();
            var x = full([2], 3.0).requires_grad_();
            var sum = 0.0;
            var once = On(x, gradient => sum += gradient.sum().item<float>());
            (x * x).sum().backward();
            once.Dispose();
            (x * x).sum().backward();
            return none != 0 && sum == 12 && x.grad is { } grad && grad.eq(12).all().ToBoolean();
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    // Nothing is kept but a number, so copying it is all.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte Manage(long* to, long* from, int operation)
    {
        if (operation == Clone)
        {
            (to[0], to[1]) = (from[0], from[1]);
        }

        return 0;
    }

    // Gives no tensor back, which leaves the gradient as it is.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Invoke(nint* result, long* function, nint gradient)
    {
        *result = Undefined.Value;
        // A tensor is a pointer to what it is; of one that is none there is nothing to see.
        if (*(nint*)gradient != Undefined.Value && Hooks.TryGetValue(*function, out var hook))
        {
            try
            {
                using var scope = NewDisposeScope();
                using var _ = no_grad();
                // Not by an overload for tensors: numbers become tensors by themselves.
                Operator.aoti_torch_new_tensor_handle(gradient, out var handle);
                hook.seen(Tensor.UnsafeCreateTensor(handle));
            }
            catch (Exception failure)
            {
                hook.Failure = failure;
            }
        }

        return result;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Function
    {
        public long Number;
        public long Unused;
        public delegate* unmanaged[Cdecl]<long*, long*, int, byte> Manager;
        public delegate* unmanaged[Cdecl]<nint*, long*, nint, nint*> Invoker;
    }

    [LibraryImport(
        NativeLibraries.TorchCpu,
        EntryPoint = "_ZNK2at10TensorBase14_register_hookESt8functionIFS0_RKS0_EE"
    )]
    private static partial uint RegisterHook(nint tensor, Function* function);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZNK2at10TensorBase11remove_hookEj")]
    private static partial void RemoveHook(nint tensor, uint place);
}
