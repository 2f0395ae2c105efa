using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;
using Conv2d = TResNet.Layers.Conv2d;

namespace TResNet.Building;

/// <summary>The one builder: an <see cref="InvertedArchitecture"/> as a module.</summary>
internal sealed class InvertedNetwork : Network
{
    internal InvertedNetwork(InvertedArchitecture architecture, int numClasses, int inChans)
        : base(architecture, numClasses, inChans)
    {
        var (stem, head) = (architecture.StemWidth, architecture.HeadWidth);
        Add(this, "conv_stem", new Conv2d(inChans, stem, 3, stride: 2, padding: 1, bias: false));
        Add(this, "bn1", new Abn(stem, architecture.Activation));
        AddStages(architecture);
        Add(this, "conv_head", new Conv2d(architecture.Stages[^1][^1].Width, head, 1, bias: false));
        Add(this, "bn2", new Abn(head, architecture.Activation));
        InitializeConvolutions();
        SetHead(new ClassifierHead(this, "classifier", head, numClasses, architecture, ClassifierKind.UniformLinear));
    }

    private void AddStages(InvertedArchitecture architecture)
    {
        var owner = new NamedModules("blocks");
        register_module("blocks", owner);
        long channels = architecture.StemWidth;
        var total = architecture.Stages.Sum(rows => rows.Sum(row => row.Repeats));
        var (index, reduction) = (0, 2);
        for (var i = 0; i < architecture.Stages.Count; i++)
        {
            var rows = architecture.Stages[i];
            var blocks = new List<nn.Module<Tensor, Tensor>>();
            foreach (var row in rows)
            {
                reduction *= row.Stride;
                for (var b = 0; b < row.Repeats; b++)
                {
                    var dropPath = architecture.DropPathRate * index++ / total;
                    blocks.Add(Block(channels, row, b == 0 ? row.Stride : 1, architecture, dropPath));
                    channels = row.Width;
                }
            }

            var stage = nn.Sequential(blocks);
            Add(owner, $"{i}", stage, isStage: true);

            // Of the stages of one size, the last has seen most.
            var isLastOfItsSize =
                i + 1 == architecture.Stages.Count || architecture.Stages[i + 1].Any(r => r.Stride == 2);
            if (isLastOfItsSize)
            {
                AddFeature(new FeatureInfo((int)channels, reduction, $"blocks.{i}"), stage);
            }
        }
    }

    private static nn.Module<Tensor, Tensor> Block(
        long channels,
        BlockRow row,
        int stride,
        InvertedArchitecture architecture,
        double dropPath
    )
    {
        var activation = row.Activation ?? architecture.Activation;
        return row.Kind == MobileBlockKind.Separable
            ? new DepthwiseSeparable(channels, row, stride, activation, dropPath)
            : new InvertedResidual(channels, row, stride, activation, dropPath);
    }

    /// <summary>
    /// As the authors' implementations: normal with variance 2 / fan out, where a group's fan out counts its own channels; biases zero.
    /// </summary>
    private void InitializeConvolutions()
    {
        if (SkipInit.IsOn)
        {
            return;
        }

        using var _ = no_grad();
        foreach (var convolution in modules().OfType<Conv2d>())
        {
            var shape = convolution.weight!.shape;
            nn.init.normal_(
                convolution.weight,
                0,
                Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3] / convolution.groups))
            );
            if (convolution.bias is { } bias)
            {
                nn.init.zeros_(bias);
            }
        }
    }
}
