using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// A network made quick for inference by <see cref="Optimization.Optimize"/>: what it was when it was optimised, without gradients. For each size of its input
/// it has a plan of its own. Threads may share it.
/// </summary>
public sealed class OptimizedModule : nn.Module<Tensor, Tensor>, IStandIn
{
    // A last batch is often smaller; more sizes than this come one after another, as photographs' do.
    private const int Sizes = 4;

    private readonly nn.Module<Tensor, Tensor> model;
    private readonly ScalarType type;
    private readonly long[] shape;
    private readonly long weights;
    private readonly Device device;
    private readonly LinkedList<Runner> runners = [];
    private readonly Lock gate = new();
    private readonly Lock making = new();
    private readonly Lock calling = new();
    private bool disposed;

    internal OptimizedModule(nn.Module<Tensor, Tensor> model, Tensor example, ScalarType type, CancellationToken cancel)
        : base(model.DisplayName())
    {
        (this.model, this.type) = (model, type);
        (shape, device) = (example.shape, example.device);
        Require(example, "example");
        weights = WeightVersions.Of(model);
        Lend(example, cancel).Release();
    }

    /// <summary>How it runs, in one line: precision, order of the feature maps, memory.</summary>
    public string Description
    {
        get
        {
            using var example = Example();
            return With(example, runner => runner.Description);
        }
    }

    /// <summary>The network that it was made of.</summary>
    internal nn.Module<Tensor, Tensor> Source => model;

    nn.Module<Tensor, Tensor> IStandIn.Source => model;

    /// <summary>Images in the example.</summary>
    internal long BatchSize => shape[0];

    /// <summary>Maps images to what the network maps them to, in float32.</summary>
    /// <exception cref="TResNetException">They are not images for the network, or of another size and the network's weights have changed.</exception>
    public override Tensor forward(Tensor x)
    {
        using var _ = no_grad();
        Require(x, "input");
        return With(x, runner => Run(runner, () => runner.Run(x)));
    }

    /// <summary>What a call on the example's size is made of, in order, each step with its median time of five calls.</summary>
    /// <param name="input">Of the example's size; null for a black one.</param>
    internal IReadOnlyList<OptimizedStep> Profile(Tensor? input = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var given = input ?? Example();
        Require(given, "input");
        return With(given, runner => Run(runner, () => runner.Profile(given)));
    }

    /// <summary>Would write it as TorchScript.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TResNetException">Always.</exception>
    public void Save(string path) =>
        throw new TResNetException(
            $"{GetName()} is not written to {path}: this version does not write TorchScript yet; save its weights as .safetensors or .pth, which PyTorch and timm load."
        );

    /// <summary>
    /// What it says of as many images as the example has, or fewer: black ones take the place of those that are missing, so that no other size is
    /// optimised for.
    /// </summary>
    /// <param name="images">[n, C, H, W], 1 to <see cref="BatchSize"/> of the example's size.</param>
    /// <returns>[n, classes].</returns>
    internal Tensor CallFilled(Tensor images)
    {
        var (count, size) = (images.shape[0], images.shape[1..]);
        if (count >= BatchSize)
        {
            return call(images);
        }

        using var scope = NewDisposeScope();
        var black = zeros([BatchSize - count, .. size], images.dtype, images.device);
        return call(cat([images, black])).narrow(0, 0, count).MoveToOuterDisposeScope();
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

    private Tensor Example() => zeros(shape, device: device);

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

        if (images.device_type != device.type)
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

    // A layer that is called has one mode for all threads, and computes with its weights of now.
    private T Run<T>(Runner runner, Func<T> run)
    {
        if (!runner.CallsModules)
        {
            return run();
        }

        lock (calling)
        {
            return runner.HasItsWeights
                ? run()
                : throw new TResNetException(
                    $"The weights of {GetName()} have changed since it was optimised, and it calls a layer of the network: optimise it again."
                );
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
        if (WeightVersions.Of(model) != weights)
        {
            throw new TResNetException(
                $"The weights of {GetName()} have changed since it was optimised, and an input of [{string.Join(", ", input.shape)}] needs them: optimise it again."
            );
        }

        try
        {
            return RunnerFactory.Create(model, input, type, calling, cancel);
        }
        catch (Exception failure) when (failure is ExternalException or PlanException)
        {
            throw new TResNetException(
                $"{GetName()} cannot be optimised for an input of [{string.Join(", ", input.shape)}] ({Reason(failure)}); call the network itself.",
                failure
            );
        }
    }

    private static string Reason(Exception failure) => failure.Message.Split('\n')[0].TrimEnd('.');
}

/// <summary>One step of an optimised network.</summary>
/// <param name="Name">What it does.</param>
/// <param name="By">Which code does it: oneDNN's name of it, <c>loop</c> for the project's own, <c>opaque</c> or <c>aten</c> for libtorch's.</param>
/// <param name="Time">How long it took.</param>
internal sealed record OptimizedStep(string Name, string By, TimeSpan Time);
