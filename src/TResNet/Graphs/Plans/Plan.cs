using System.Runtime.InteropServices;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;
using static TResNet.Graphs.PlanNative;

namespace TResNet.Graphs;

/// <summary>
/// A graph as the steps that were found to be quickest on this machine, on memory that is planned beforehand; for inputs of one size, on the CPU.
/// </summary>
internal sealed unsafe class Plan : SafeHandle
{
    private readonly bool channelsLast;
    private readonly long[] inputShape;
    private readonly long[] outputShape;
    private readonly IReadOnlyList<OpaqueCall> calls;

    private Plan(nint plan, Graph graph, bool channelsLast, IReadOnlyList<OpaqueCall> calls)
        : base(0, ownsHandle: true)
    {
        inputShape = [.. graph.Input.Shape];
        outputShape = [.. graph.Outputs[0].Shape];
        (this.channelsLast, this.calls) = (channelsLast, calls);
        SetHandle(plan);
    }

    /// <summary>Whether plans can be made here.</summary>
    internal static bool Available => NativeKernels.HasConvolutions;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Whether it calls functions in the middle of its steps, for which the graph has to live.</summary>
    internal bool CallsBack => calls.Count > 0;

    /// <summary>The types that it computes in, and why.</summary>
    internal string TypeInWords => Text(tresnet_plan_description(this));

    /// <summary>How maps lie, in oneDNN's words: nhwc or nChw16c.</summary>
    internal string Order => Text(tresnet_plan_order(this));

    /// <summary>Bytes for all maps, without the weights.</summary>
    internal long Memory => tresnet_plan_memory(this);

    internal int Steps => tresnet_plan_steps(this);

    /// <summary>The plan that is quickest here: several are tried, which takes some runs of the network.</summary>
    /// <param name="graph">Of one output; after the passes.</param>
    /// <param name="bfloat16">Whether it may compute in bfloat16, where that is quicker.</param>
    /// <param name="channelsLast">How inputs will mostly lie.</param>
    /// <param name="cancel">Honoured between two of the things that it tries.</param>
    /// <exception cref="PlanException">The library cannot.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static Plan Quickest(Graph graph, bool bfloat16, bool channelsLast, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var program = new PlanProgram(graph);
        try
        {
            var givenUp = GC.AllocateArray<int>(1, pinned: true);
            using var registration = cancel.Register(() => Volatile.Write(ref givenUp[0], 1));
            var options = new PlanOptions
            {
                Type = bfloat16 ? PlanOptions.BFloat16 : 0,
                InputChannelsLast = channelsLast ? 1 : 0,
                Winograd = Winograd.Enabled ? 1 : 0,
            };
            Prepare();
            var status = tresnet_plan_new(
                program.Handle,
                &options,
                (int*)Marshal.UnsafeAddrOfPinnedArrayElement(givenUp, 0),
                out var plan
            );
            GC.KeepAlive(givenUp);
            if (status != 0)
            {
                OpaqueCall.Rethrow();
                cancel.ThrowIfCancellationRequested();
            }

            Check(status);
            return new Plan(plan, graph, channelsLast, program.Calls);
        }
        catch
        {
            foreach (var call in program.Calls)
            {
                call.Dispose();
            }

            throw;
        }
    }

    /// <summary>Computes on an input of the size that it is for, however that lies. One call runs at a time; a second waits.</summary>
    internal Tensor Run(Tensor input)
    {
        using var given = Readable(input);
        var result = empty(outputShape, ScalarType.Float32);
        Checked(tresnet_plan_run(this, TensorMemory.Address(given), TensorMemory.Address(result), null));
        return result;
    }

    /// <summary>Runs it once and times each step.</summary>
    internal IReadOnlyList<OptimizedStep> Profile(Tensor input)
    {
        using var given = Readable(input);
        var times = new PlanStepTime[Steps];
        fixed (PlanStepTime* first = times)
        {
            Checked(tresnet_plan_profile(this, TensorMemory.Address(given), first));
        }

        return
        [
            .. times.Select(time => new OptimizedStep(
                Text(time.Name),
                Text(time.By),
                TimeSpan.FromMilliseconds(time.Milliseconds)
            )),
        ];
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        tresnet_plan_free(handle);
        foreach (var call in calls)
        {
            call.Dispose();
        }

        return true;
    }

    private static void Prepare()
    {
        // libtorch and the library count threads apart, where they do not share one OpenMP.
        tresnet_set_threads(get_num_threads());
        OpaqueCall.Forget();
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text)!;

    private static void Checked(int status)
    {
        if (status != 0)
        {
            OpaqueCall.Rethrow();
        }

        Check(status);
    }

    private Tensor Readable(Tensor input)
    {
        if (!input.shape.AsSpan().SequenceEqual(inputShape))
        {
            throw new ArgumentException(
                $"A plan for another size got [{string.Join(", ", input.shape)}].",
                nameof(input)
            );
        }

        Prepare();
        return channelsLast ? MemoryFormat.ToChannelsLast(input) : input.contiguous();
    }
}
