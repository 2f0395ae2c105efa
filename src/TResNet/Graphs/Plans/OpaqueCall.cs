using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// A function of tensors that a plan calls in the middle of its steps. It sees the plan's own memory as tensors, without a copy, and lives as long as the plan.
/// </summary>
internal sealed unsafe partial class OpaqueCall : IDisposable
{
    private const int Float32 = 6;
    private const int Cpu = 0;

    // The plan knows but that a call failed; it is the same thread that learns of it.
    [ThreadStatic]
    private static ExceptionDispatchInfo? failure;

    private readonly Func<IReadOnlyList<Tensor>, Tensor> call;
    private readonly long[][] inputs;
    private readonly long[] output;
    private readonly bool plain;
    private GCHandle handle;

    /// <param name="call">Maps the inputs to a new tensor, or to one of them.</param>
    /// <param name="inputs">The sizes of each.</param>
    /// <param name="output">The sizes of the result.</param>
    /// <param name="plain">Whether maps lie as their sizes say, and not with the channels last.</param>
    internal OpaqueCall(Func<IReadOnlyList<Tensor>, Tensor> call, long[][] inputs, long[] output, bool plain)
    {
        (this.call, this.inputs, this.output, this.plain) = (call, inputs, output, plain);
        handle = GCHandle.Alloc(this);
    }

    /// <summary>What the plan calls.</summary>
    internal static delegate* unmanaged<nint, nint*, nint*, int> Function => &Compute;

    /// <summary>What it is called with.</summary>
    internal nint State => GCHandle.ToIntPtr(handle);

    /// <summary>Before a plan runs: what was thrown earlier on this thread and led to nothing is not its failure.</summary>
    internal static void Forget() => failure = null;

    /// <summary>Throws what a call on this thread has thrown, as it was.</summary>
    internal static void Rethrow()
    {
        if (failure is { } kept)
        {
            failure = null;
            kept.Throw();
        }
    }

    /// <summary>No plan may call it any more.</summary>
    public void Dispose()
    {
        if (handle.IsAllocated)
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static int Compute(nint state, nint* inputs, nint* outputs)
    {
        try
        {
            ((OpaqueCall)GCHandle.FromIntPtr(state).Target!).Compute(inputs, outputs[0]);
            return 0;
        }
        catch (Exception thrown)
        {
            failure = ExceptionDispatchInfo.Capture(thrown);
            return 1;
        }
    }

    private void Compute(nint* addresses, nint result)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        using var exact = new Autocast(CPU, null);
        var tensors = new Tensor[inputs.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = View(addresses[i], inputs[i]);
        }

        var given = call(tensors);
        if (given.dtype != ScalarType.Float32 || !given.shape.AsSpan().SequenceEqual(output))
        {
            throw new TResNetException(
                $"A layer gave [{string.Join(", ", given.shape)}] in {given.dtype}, and [{string.Join(", ", output)}] in Float32 when the network was optimised: its result may not depend on more than its input's size."
            );
        }

        View(result, output).copy_(given);
    }

    private Tensor View(nint address, long[] sizes)
    {
        Span<long> strides = stackalloc long[sizes.Length];
        var step = 1L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= sizes[i];
        }

        if (!plain && sizes is [_, var channels, var height, var width])
        {
            (strides[0], strides[1], strides[2], strides[3]) = (
                channels * height * width,
                1,
                width * channels,
                channels
            );
        }

        fixed (long* shape = sizes)
        fixed (long* jumps = strides)
        {
            var status = aoti_torch_create_tensor_from_blob(
                address,
                sizes.Length,
                shape,
                jumps,
                0,
                Float32,
                Cpu,
                0,
                out var tensor
            );
            return status == 0
                ? Tensor.UnsafeCreateTensor(tensor)
                : throw new ExternalException("libtorch made no tensor of a plan's memory.");
        }
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int aoti_torch_create_tensor_from_blob(
        nint data,
        long dimensions,
        long* sizes,
        long* strides,
        long offset,
        int type,
        int deviceType,
        int deviceIndex,
        out nint tensor
    );
}
