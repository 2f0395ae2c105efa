using TorchSharp.Modules;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Architectures;

/// <summary>The one builder: an <see cref="InvertedArchitecture"/> as a module.</summary>
internal sealed class InvertedNetwork : Network
{
    private readonly double dropRate;
    private readonly nn.Module<Tensor, Tensor>[] body;
    private readonly Linear classifier;

    internal InvertedNetwork(InvertedArchitecture architecture, int numClasses, int inChans)
        : base(architecture.Info, numClasses, inChans)
    {
        dropRate = architecture.DropRate;
        var (stem, head) = (architecture.StemWidth, architecture.HeadWidth);
        var blocks = Blocks(architecture);
        (string Name, nn.Module<Tensor, Tensor> Module)[] named =
        [
            ("conv_stem", nn.Conv2d(inChans, stem, 3, stride: 2, padding: 1, bias: false)),
            ("bn1", new Abn(stem, architecture.Activation)),
            ("blocks", nn.Sequential(blocks)),
            ("conv_head", nn.Conv2d(architecture.Stages[^1][^1].Width, head, 1, bias: false)),
            ("bn2", new Abn(head, architecture.Activation)),
            ("global_pool", new FastGlobalAvgPool()),
        ];
        foreach (var (name, module) in named)
        {
            register_module(name, module);
        }

        body = [.. named.Select(n => n.Module)];
        classifier = nn.Linear(head, numClasses);
        register_module(nameof(classifier), classifier);
        Initialize();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        CheckInput(x);
        using var scope = NewDisposeScope();
        foreach (var module in body)
        {
            x = module.call(x);
        }

        x = dropRate > 0 ? nn.functional.dropout(x, dropRate, training) : x;
        return classifier.call(x).MoveToOuterDisposeScope();
    }

    private static IEnumerable<nn.Module<Tensor, Tensor>> Blocks(InvertedArchitecture architecture)
    {
        long channels = architecture.StemWidth;
        var total = architecture.Stages.Sum(rows => rows.Sum(row => row.Repeats));
        var index = 0;
        foreach (var rows in architecture.Stages)
        {
            var stage = new List<nn.Module<Tensor, Tensor>>();
            foreach (var row in rows)
            {
                for (var i = 0; i < row.Repeats; i++)
                {
                    var stride = i == 0 ? row.Stride : 1;
                    var activation = row.Activation ?? architecture.Activation;
                    var dropPath = architecture.DropPathRate * index++ / total;
                    stage.Add(
                        row.Kind == MobileBlockKind.Separable
                            ? new DepthwiseSeparable(channels, row, stride, activation, dropPath)
                            : new InvertedResidual(channels, row, stride, activation, dropPath)
                    );
                    channels = row.Width;
                }
            }

            yield return nn.Sequential(stage);
        }
    }

    /// <summary>
    /// As the authors' implementations: convolutions normal with variance 2 / fan out, where a group's fan out counts its own channels; the
    /// classifier uniform within 1 / sqrt(classes); biases zero.
    /// </summary>
    private void Initialize()
    {
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

        var bound = 1 / Math.Sqrt(NumClasses);
        nn.init.uniform_(classifier.weight!, -bound, bound);
        nn.init.zeros_(classifier.bias!);
    }
}
