using static TorchSharp.torch;

namespace TResNet;

/// <summary>An image classifier: [N, C, H, W], scaled to [0, 1], to [N, classes] logits.</summary>
public abstract class Network : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes the network.</summary>
    /// <param name="info">What it is.</param>
    /// <param name="numClasses">Length of its output.</param>
    /// <param name="inChans">Channels of its input.</param>
    protected Network(ModelInfo info, int numClasses, int inChans)
        : base(info.Name)
    {
        Info = info;
        NumClasses = numClasses;
        InChans = inChans;
    }

    /// <summary>What it is.</summary>
    public ModelInfo Info { get; }

    /// <summary>Length of its output.</summary>
    public int NumClasses { get; }

    /// <summary>Channels of its input.</summary>
    public int InChans { get; }

    /// <summary>Refuses an input that the network cannot take.</summary>
    /// <param name="height">The input's height, in pixels.</param>
    /// <param name="width">The input's width, in pixels.</param>
    /// <exception cref="TResNetException">A side is not positive or no multiple of what the network asks for.</exception>
    public void CheckInputSize(long height, long width)
    {
        if (height < 1 || width < 1 || height % Info.Multiple != 0 || width % Info.Multiple != 0)
        {
            var near = Math.Max(1, ((Math.Max(height, 1) + (Info.Multiple / 2)) / Info.Multiple)) * Info.Multiple;
            throw new TResNetException(
                Info.Multiple == 1
                    ? $"The input is {height}x{width} pixels; both sides have to be at least 1."
                    : $"The input is {height}x{width} pixels, and {Info.Name} takes sides that are multiples of {Info.Multiple}: use {near}."
            );
        }
    }

    /// <summary>Refuses a tensor that is no batch of images for this network.</summary>
    /// <param name="x">What <c>forward</c> got.</param>
    /// <exception cref="TResNetException">It is not [N, <see cref="InChans"/>, H, W], or a side is refused.</exception>
    private protected void CheckInput(Tensor x)
    {
        if (x.dim() != 4 || x.shape[1] != InChans)
        {
            throw new TResNetException(
                $"{Info.Name} takes images [N, {InChans}, H, W] and got [{string.Join(", ", x.shape)}]."
            );
        }

        CheckInputSize(x.shape[2], x.shape[3]);
    }
}
