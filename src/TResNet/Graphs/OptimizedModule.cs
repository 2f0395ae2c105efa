using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet;

/// <summary>A network made quick for inference by <see cref="Optimization.Optimize"/>: what it was when it was optimised, without gradients.</summary>
public abstract class OptimizedModule : nn.Module<Tensor, Tensor>
{
    private protected const int ProfiledCalls = 5;

    private protected OptimizedModule(string name)
        : base(name) { }

    /// <summary>How it runs, in one line: precision, order of the feature maps, memory.</summary>
    public abstract string Description { get; }

    /// <summary>The network that it was made of.</summary>
    internal abstract nn.Module<Tensor, Tensor> Source { get; }

    /// <summary>Images in the example.</summary>
    internal abstract long BatchSize { get; }

    /// <summary>What a call on the example's size is made of, in order, each step with its median time of five calls; empty where it runs as TorchScript.</summary>
    /// <param name="input">Of the example's size; null for a black one.</param>
    public abstract IReadOnlyList<OptimizedStep> Profile(Tensor? input = null);

    /// <summary>
    /// Writes it as TorchScript, which Python's <c>torch.jit.load</c> opens: standard operators alone, in float32, for any number of images of the
    /// example's height and width. A layer of one's own has to leave the number of images to -1 where it gives a shape, as the layers here do.
    /// </summary>
    /// <param name="path">The file; replaced once the new one is whole.</param>
    /// <exception cref="TResNetException">The disk refuses, or the network's weights have changed since.</exception>
    public abstract void Save(string path);

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
}

/// <summary>One step of an optimised network.</summary>
/// <param name="Name">What it does.</param>
/// <param name="By">Which code does it: oneDNN's name of it, <c>loop</c> for the project's own, <c>aten</c> for libtorch's.</param>
/// <param name="Time">How long it took.</param>
public sealed record OptimizedStep(string Name, string By, TimeSpan Time);
