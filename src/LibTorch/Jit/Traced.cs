using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp;

/// <summary>A module's forward as frozen TorchScript; native/optimize/trace.cpp.</summary>
internal sealed unsafe class Traced : SafeHandle
{
    [ThreadStatic]
    private static Func<Tensor, Tensor>? forward;

    [ThreadStatic]
    private static Exception? thrown;

    private Traced(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Runs the module once and writes down what it calls. It has to be in evaluation mode, and its parameters are constants of the result.</summary>
    /// <exception cref="LibTorchException">It cannot be traced.</exception>
    internal static Traced From(torch.nn.Module module, Func<Tensor, Tensor> call, Tensor example)
    {
        var parameters = module.named_parameters().Select(named => named.name).ToHashSet();
        var tensors = module
            .named_parameters()
            .Select(named => (named.name, tensor: (Tensor)named.parameter))
            .Concat(module.named_buffers())
            .ToDictionary(named => named.Item1, named => named.Item2);
        var names = tensors.Keys.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        var kinds = tensors.Keys.Select(name => parameters.Contains(name) ? (byte)1 : (byte)0).ToArray();
        try
        {
            (forward, thrown) = (call, null);
            nint result;
            int status;
            fixed (
                nint* namePointers = names,
                    handles = torch.autograd.Handles([.. tensors.Values])
            )
            fixed (byte* kindPointer = kinds)
            {
                status = tb_trace(
                    &OnForward,
                    namePointers,
                    handles,
                    kindPointer,
                    names.Length,
                    example.Handle,
                    &result
                );
            }

            GC.KeepAlive(tensors);
            if (thrown is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            Check(status, "trace");
            return new Traced(result);
        }
        finally
        {
            (forward, thrown) = (null, null);
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>Writes a file that <c>torch.jit.load</c> opens where nothing in it is <see cref="Foreign"/>.</summary>
    internal void Save(string path)
    {
        Check(tb_traced_save(DangerousGetHandle(), path), "save");
        GC.KeepAlive(this);
    }

    /// <summary>The name of an operator in it that only the bridge knows; null where all are libtorch's own.</summary>
    internal string? Foreign
    {
        get
        {
            var name = Marshal.PtrToStringUTF8(tb_traced_foreign(DangerousGetHandle()));
            GC.KeepAlive(this);
            return name;
        }
    }

    /// <summary>Interprets it.</summary>
    internal Tensor Run(Tensor input)
    {
        Check(tb_traced_run(DangerousGetHandle(), input.Handle, out var output), "forward");
        GC.KeepAlive(input);
        GC.KeepAlive(this);
        return new Tensor(output);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        tb_traced_release(handle);
        return true;
    }

    // Nothing may be thrown through native frames.
    [UnmanagedCallersOnly]
    private static int OnForward(nint input, nint* output)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var result = forward!(new Tensor(input));
            *output = tb_tensor_alias(result.Handle);
            return 0;
        }
        catch (Exception e)
        {
            thrown = e;
            return 1;
        }
    }
}
