using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp;

/// <summary>A traced network as oneDNN's primitives for inputs of one size; native/optimize/plan.h.</summary>
internal sealed unsafe class Plan : SafeHandle
{
    private Plan(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    /// <summary>Whether the bridge was built with oneDNN.</summary>
    internal static bool Available => tb_has_plans() != 0;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The plan that is quickest on this machine for inputs like the example: several are tried, which takes seconds.</summary>
    /// <exception cref="LibTorchException">The network decides by what it computes, or computes in another type than float32.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static Plan Quickest(Traced traced, Tensor example, bool bfloat16, CancellationToken cancel)
    {
        var givenUp = GC.AllocateArray<int>(1, pinned: true);
        using var registration = cancel.Register(() => Volatile.Write(ref givenUp[0], 1));
        var status = tb_plan_new(
            traced.DangerousGetHandle(),
            example.Handle,
            bfloat16 ? 1 : 0,
            (int*)Marshal.UnsafeAddrOfPinnedArrayElement(givenUp, 0),
            out var plan
        );
        GC.KeepAlive(givenUp);
        if (status != 0)
        {
            cancel.ThrowIfCancellationRequested();
        }

        Check(status, "plan");
        GC.KeepAlive(traced);
        GC.KeepAlive(example);
        return new Plan(plan);
    }

    /// <summary>Computes on an input of the size that it is for. One call runs at a time.</summary>
    internal Tensor Run(Tensor input)
    {
        Check(tb_plan_run(DangerousGetHandle(), input.Handle, out var output), "forward");
        GC.KeepAlive(input);
        GC.KeepAlive(this);
        return new Tensor(output);
    }

    /// <summary>Runs it once and times each step.</summary>
    internal PlanProfile Profile(Tensor input)
    {
        Check(tb_plan_profile(DangerousGetHandle(), input.Handle, out var text), "profile");
        GC.KeepAlive(input);
        GC.KeepAlive(this);
        var lines = Marshal
            .PtrToStringUTF8(text)!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 3))
            .ToArray();
        tb_free(text);
        return new PlanProfile(
            lines[0][0],
            long.Parse(lines[0][1], CultureInfo.InvariantCulture),
            [.. lines[1..].Select(line => (line[2], line[1], double.Parse(line[0], CultureInfo.InvariantCulture)))]
        );
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        tb_plan_release(handle);
        return true;
    }
}

/// <summary>What a plan is.</summary>
/// <param name="Layout">The order of its feature maps, in oneDNN's names: nhwc or nChw16c.</param>
/// <param name="Memory">Bytes for all of them, without the weights.</param>
/// <param name="Steps">In the order they run; which code runs them, and their milliseconds.</param>
internal sealed record PlanProfile(
    string Layout,
    long Memory,
    IReadOnlyList<(string Name, string By, double Milliseconds)> Steps
);
