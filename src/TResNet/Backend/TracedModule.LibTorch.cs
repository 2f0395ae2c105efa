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
    private readonly LinkedList<(long[] Shape, IRunner Runner)> runners = [];
    private readonly Lock gate = new();

    public TracedModule(nn.Module<Tensor, Tensor> model, Tensor example, ScalarType precision)
        : base(model.GetName())
    {
        if (precision != ScalarType.Float32)
        {
            AutocastSupport.Require(example.device, precision);
        }

        if (example.dim() != 4 || example.dtype != ScalarType.Float32)
        {
            throw new TResNetException(
                $"The example is [{string.Join(", ", example.shape)}] in {example.dtype}: give images [N, C, H, W] in float32."
            );
        }

        plans = Plan.Available && example.device_type == DeviceType.CPU;
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
        RunnerFor(example);
    }

    public override string Description
    {
        get
        {
            using var example = Example();
            return RunnerFor(example).Describe(example);
        }
    }

    public override Tensor forward(Tensor x)
    {
        using var _ = no_grad();
        return RunnerFor(x).Run(x);
    }

    public override IReadOnlyList<OptimizedStep> Profile(Tensor? input = null)
    {
        using var scope = NewDisposeScope();
        var given = input ?? Example();
        return RunnerFor(given).Profile(given);
    }

    public override void Save(string path)
    {
        using var example = Example();
        using var traced = Trace(example);
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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var (_, runner) in runners)
            {
                runner.Dispose();
            }

            runners.Clear();
        }

        base.Dispose(disposing);
    }

    private Tensor Example() => zeros(shape, device: model.parameters().FirstOrDefault()?.device ?? CPU);

    private IRunner RunnerFor(Tensor input)
    {
        lock (gate)
        {
            var inputShape = input.shape;
            for (var node = runners.First; node is not null; node = node.Next)
            {
                if (node.Value.Shape.AsSpan().SequenceEqual(inputShape))
                {
                    if (node != runners.First)
                    {
                        runners.Remove(node);
                        runners.AddFirst(node);
                    }

                    return node.Value.Runner;
                }
            }

            var runner = Make(input);
            runners.AddFirst((inputShape, runner));
            if (runners.Count > Sizes)
            {
                runners.Last!.Value.Runner.Dispose();
                runners.RemoveLast();
            }

            return runner;
        }
    }

    private IRunner Make(Tensor input)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var traced = Trace(input);
        try
        {
            IRunner runner = plans
                ? new PlanRunner(Plan.Quickest(traced, input, precision == ScalarType.BFloat16), precision)
                : new ScriptRunner(traced);
            Compare(runner.Run(input), input);
            return runner;
        }
        catch (LibTorchException refused)
        {
            throw new TResNetException(
                $"{GetName()} cannot be optimised ({refused.Message.Split('\n')[0].TrimEnd('.')}); call the network itself.",
                refused
            );
        }
        finally
        {
            if (plans)
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
        using var exact = Backend.Autocast(input.device, null);
        try
        {
            return Traced.From(model, model.call, input);
        }
        catch (Exception refused) when (refused is LibTorchException or InvalidOperationException)
        {
            throw new TResNetException(
                $"{GetName()} could not be traced on an input of [{string.Join(", ", input.shape)}] ({refused.Message.Split('\n')[0].TrimEnd('.')}).",
                refused
            );
        }
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
        if (!(off <= allowed * largest) && float.IsFinite(largest))
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

    private interface IRunner : IDisposable
    {
        Tensor Run(Tensor input);

        string Describe(Tensor input);

        IReadOnlyList<OptimizedStep> Profile(Tensor input);
    }

    private sealed class PlanRunner(Plan plan, ScalarType precision) : IRunner
    {
        public Tensor Run(Tensor input) => plan.Run(input);

        public string Describe(Tensor input)
        {
            var profile = plan.Profile(input);
            return $"{precision}, {profile.Layout}, {profile.Steps.Count} steps of oneDNN, {profile.Memory / (1 << 20)} MiB of feature maps";
        }

        public IReadOnlyList<OptimizedStep> Profile(Tensor input) =>
            [
                .. plan.Profile(input)
                    .Steps.Select(step => new OptimizedStep(
                        step.Name,
                        step.By,
                        TimeSpan.FromMilliseconds(step.Milliseconds)
                    )),
            ];

        public void Dispose() => plan.Dispose();
    }

    private sealed class ScriptRunner(Traced traced) : IRunner
    {
        public Tensor Run(Tensor input) => traced.Run(input);

        public string Describe(Tensor input) => "Float32, TorchScript";

        public IReadOnlyList<OptimizedStep> Profile(Tensor input) => [];

        public void Dispose() => traced.Dispose();
    }
}
