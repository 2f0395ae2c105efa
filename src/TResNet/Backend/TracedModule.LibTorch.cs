using TorchSharp;
using TorchSharp.Interop;
using TResNet.Checkpoints;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet;

/// <summary>A traced network: for each size of its input a plan, or TorchScript where there are no plans.</summary>
internal sealed class TracedModule : OptimizedModule
{
    // A last batch is often smaller; more sizes than this come one after another, as photographs' do.
    private const int Sizes = 4;

    // Of the largest value of the result. float32 stays under 1e-4; more than this is another network.
    private const double Tolerance = 1e-3;
    private const double BFloat16Tolerance = 0.1;

    private readonly nn.Module<Tensor, Tensor> model;
    private readonly ScalarType precision;
    private readonly long[] shape;
    private readonly ulong weights;
    private readonly bool plans;
    private readonly DeviceType device;
    private readonly LinkedList<Runner> runners = [];
    private readonly Lock gate = new();
    private readonly Lock making = new();
    private bool disposed;

    public TracedModule(nn.Module<Tensor, Tensor> model, Tensor example, ScalarType precision, CancellationToken cancel)
        : base(model.GetName())
    {
        if (precision != ScalarType.Float32)
        {
            AutocastSupport.Require(example.device, precision);
        }

        device = example.device_type;
        Require(example, "example");
        plans = Plan.Available && device == DeviceType.CPU;
        if (!plans && precision != ScalarType.Float32)
        {
            throw new TResNetException(
                $"{precision} was asked for, and without oneDNN's library an optimised network runs in float32: leave the precision out, or use Backend.Autocast."
            );
        }

        this.model = model;
        this.precision = precision;
        shape = example.shape;
        weights = VersionsOf(model);
        Lend(example, cancel).Release();
    }

    public override string Description
    {
        get
        {
            using var example = Example();
            return With(example, runner => runner.Describe(example));
        }
    }

    internal override nn.Module<Tensor, Tensor> Source => model;

    internal override long BatchSize => shape[0];

    public override Tensor forward(Tensor x)
    {
        using var _ = no_grad();
        Require(x, "input");
        return With(x, runner => runner.Run(x));
    }

    public override IReadOnlyList<OptimizedStep> Profile(Tensor? input = null)
    {
        using var scope = NewDisposeScope();
        var given = input ?? Example();
        Require(given, "input");
        return With(given, runner => runner.Profile(given));
    }

    public override void Save(string path)
    {
        using var example = Example();
        using var traced = Trace(example);
        if (traced.Foreign is { } name)
        {
            throw new TResNetException(
                $"{GetName()} cannot be saved for torch.jit.load: its forward calls {name}, which Python's torch does not have."
            );
        }

        AtomicFile.Write(
            path,
            (string temporary) =>
            {
                try
                {
                    traced.Save(temporary);
                }
                catch (LibTorchException refused)
                {
                    throw new IOException(refused.Message.Split('\n')[0], refused);
                }
            }
        );
    }

    /// <summary>A call that is under way on another thread ends first.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (gate)
            {
                disposed = true;
                foreach (var runner in runners)
                {
                    runner.Release();
                }

                runners.Clear();
            }
        }

        base.Dispose(disposing);
    }

    private Tensor Example() => zeros(shape, device: new Device(device));

    private void Require(Tensor images, string what)
    {
        if (images.dim() != 4 || images.dtype != ScalarType.Float32)
        {
            throw new TResNetException(
                $"The {what} is [{string.Join(", ", images.shape)}] in {images.dtype}: give images [N, C, H, W] in float32."
            );
        }

        if (images.shape[0] == 0)
        {
            throw new TResNetException($"The {what} is [{string.Join(", ", images.shape)}]: give one image at least.");
        }

        if (images.device_type != device)
        {
            throw new TResNetException(
                $"The {what} is on {images.device}, and {GetName()} was optimised on {device}: move it there, or optimise it for the other device."
            );
        }
    }

    private T With<T>(Tensor input, Func<Runner, T> use)
    {
        var runner = Lend(input);
        try
        {
            return use(runner);
        }
        finally
        {
            runner.Release();
        }
    }

    // Held until it is released: another thread may dispose of this, or need the place for another size.
    private Runner Lend(Tensor input, CancellationToken cancel = default)
    {
        var inputShape = input.shape;
        if (Find(inputShape) is { } known)
        {
            return known;
        }

        // Making one takes seconds, in which calls on sizes that are known go on.
        lock (making)
        {
            if (Find(inputShape) is { } made)
            {
                return made;
            }

            var runner = Make(input, cancel);
            lock (gate)
            {
                if (disposed)
                {
                    return runner;
                }

                runner.Hold();
                runners.AddFirst(runner);
                if (runners.Count > Sizes)
                {
                    runners.Last!.Value.Release();
                    runners.RemoveLast();
                }

                return runner;
            }
        }
    }

    private Runner? Find(long[] inputShape)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            for (var node = runners.First; node is not null; node = node.Next)
            {
                if (node.Value.Shape.AsSpan().SequenceEqual(inputShape))
                {
                    runners.Remove(node);
                    runners.AddFirst(node);
                    node.Value.Hold();
                    return node.Value;
                }
            }

            return null;
        }
    }

    private Runner Make(Tensor input, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        using var exact = Backend.Autocast(input.device, null);
        var traced = Trace(input);
        Runner? runner = null;
        try
        {
            runner = plans
                ? new PlanRunner(
                    input.shape,
                    Plan.Quickest(traced, input, precision == ScalarType.BFloat16, cancel),
                    precision
                )
                : new ScriptRunner(input.shape, traced);
            Compare(runner.Run(input), input);
            return runner;
        }
        catch (Exception failure)
        {
            runner?.Release();
            if (failure is not LibTorchException)
            {
                throw;
            }

            throw new TResNetException(
                $"{GetName()} cannot be optimised ({Reason(failure)}); call the network itself.",
                failure
            );
        }
        finally
        {
            if (runner is not ScriptRunner)
            {
                traced.Dispose();
            }
        }
    }

    private Traced Trace(Tensor input)
    {
        if (VersionsOf(model) != weights)
        {
            throw new TResNetException(
                $"The weights of {GetName()} have changed since it was optimised, and an input of [{string.Join(", ", input.shape)}] needs them: optimise it again."
            );
        }

        using var mode = new ModeScope(model, training: false);
        using var ungraded = no_grad();
        try
        {
            return Traced.From(model, model.call, input);
        }
        catch (Exception refused) when (refused is LibTorchException or InvalidOperationException)
        {
            throw new TResNetException(
                $"{GetName()} could not be traced on an input of [{string.Join(", ", input.shape)}] ({Reason(refused)}).",
                refused
            );
        }
    }

    // What is said to a person: not which function of the bridge said it.
    private static string Reason(Exception failure)
    {
        const string plan = "plan: ";
        var line = failure.Message.Split('\n')[0].TrimEnd('.');
        if (line.Contains("Cannot insert a Tensor that requires grad", StringComparison.Ordinal))
        {
            return "it computes with a parameter that is not registered: call RegisterComponents() in its constructor";
        }

        var reads = line.IndexOf("it reads values", StringComparison.Ordinal);
        return reads >= 0 ? line[reads..]
            : line.StartsWith(plan, StringComparison.Ordinal) ? line[plan.Length..]
            : line;
    }

    // A network that decides by the values of its input would be traced for those of the example alone.
    private void Compare(Tensor result, Tensor input)
    {
        using var mode = new ModeScope(model, training: false);
        using var scope = NewDisposeScope();
        var expected = model.call(input);
        var largest = expected.abs().max().item<float>();
        var off = (result - expected).abs().max().item<float>();
        var allowed = precision == ScalarType.BFloat16 ? BFloat16Tolerance : Tolerance;
        if (!float.IsFinite(largest))
        {
            throw new TResNetException(
                $"{GetName()} gives values that are not finite for the example it would be optimised with: look at its weights with torch.isfinite, and at the example."
            );
        }

        if (!(off <= allowed * largest))
        {
            throw new TResNetException(
                $"{GetName()} optimised differs from the network by {off:G3} where its results are up to {largest:G3}: it cannot be used, call the network itself."
            );
        }
    }

    // Every operator that writes to a tensor counts it up.
    private static ulong VersionsOf(nn.Module model) =>
        model
            .parameters()
            .Concat(model.buffers())
            .Aggregate(
                17UL,
                (sum, tensor) => (sum * 31) + (ulong)tensor.Handle + NativeMethods.tb_tensor_version(tensor.Handle)
            );

    /// <summary>Runs inputs of one size; freed when the last who holds it has released it. Who makes it holds it.</summary>
    private abstract class Runner(long[] shape)
    {
        private int holders = 1;

        public long[] Shape => shape;

        public abstract Tensor Run(Tensor input);

        public abstract string Describe(Tensor input);

        public abstract IReadOnlyList<OptimizedStep> Profile(Tensor input);

        public void Hold() => Interlocked.Increment(ref holders);

        public void Release()
        {
            if (Interlocked.Decrement(ref holders) == 0)
            {
                Free();
            }
        }

        protected abstract void Free();
    }

    private sealed class PlanRunner(long[] shape, Plan plan, ScalarType precision) : Runner(shape)
    {
        public override Tensor Run(Tensor input) => plan.Run(input);

        public override string Describe(Tensor input)
        {
            var profile = plan.Profile(input);
            var layout = profile.Layout == "nhwc" ? "channels last" : $"channels in blocks ({profile.Layout})";
            return $"{precision.ToString().ToLowerInvariant()}, {layout}, {profile.Steps.Count} steps, {profile.Memory / (1 << 20)} MiB of feature maps";
        }

        public override IReadOnlyList<OptimizedStep> Profile(Tensor input) =>
            [
                .. Enumerable
                    .Range(0, ProfiledCalls)
                    .SelectMany(_ => plan.Profile(input).Steps.Index())
                    .GroupBy(step => step.Index, step => step.Item)
                    .Select(calls => new OptimizedStep(
                        calls.First().Name,
                        calls.First().By,
                        TimeSpan.FromMilliseconds(
                            calls.Select(step => step.Milliseconds).Order().ElementAt(ProfiledCalls / 2)
                        )
                    )),
            ];

        protected override void Free() => plan.Dispose();
    }

    private sealed class ScriptRunner(long[] shape, Traced traced) : Runner(shape)
    {
        public override Tensor Run(Tensor input) => traced.Run(input);

        public override string Describe(Tensor input) => "float32, TorchScript";

        public override IReadOnlyList<OptimizedStep> Profile(Tensor input) => [];

        protected override void Free() => traced.Dispose();
    }
}
