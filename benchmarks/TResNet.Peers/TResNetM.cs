// TResNet-M in plain TorchSharp modules, as table 1 and figures 1 and 2 of arXiv 2003.13630 describe it: what somebody writes who reads the paper and
// uses no other library. Parameters have the names that published checkpoints use.
using TorchSharp;
using static TorchSharp.torch;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace TResNet.Peers;

/// <summary>Images [N, 3, H, W], sides multiples of 4, to logits [N, classes].</summary>
internal sealed class TResNetM : Layer
{
    private const double StemSlope = 0.01;
    private readonly Layer body;
    private readonly Layer head;

    public TResNetM(long classes = 1000)
        : base(nameof(TResNetM))
    {
        List<(string, Layer)> parts = [("s2d", new SpaceToDepth()), ("conv1", new ConvNormAct(48, 64, 3, StemSlope))];
        var channels = 64L;
        (bool Basic, long Width, int Depth)[] stages =
        [
            (true, 64, 3),
            (true, 128, 4),
            (false, 256, 11),
            (false, 512, 3),
        ];
        foreach (var (number, (basic, width, depth)) in stages.Index())
        {
            var blocks = new List<Layer>();
            for (var i = 0; i < depth; i++)
            {
                var stride = i == 0 && number > 0 ? 2 : 1;
                blocks.Add(new Block(basic, channels, width, stride, attention: number < 3));
                channels = basic ? width : 4 * width;
            }

            parts.Add(($"layer{number + 1}", nn.Sequential(blocks.ToArray())));
        }

        body = nn.Sequential(parts.ToArray());
        head = nn.Sequential(("fc", nn.Linear(channels, classes)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => head.call(body.call(x).mean([2L, 3L]));
}

/// <summary>Section 2.1: patches of 4 x 4 pixels become channels, in the order (row, column, colour).</summary>
internal sealed class SpaceToDepth() : Layer(nameof(SpaceToDepth))
{
    public override Tensor forward(Tensor x)
    {
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return x.reshape(n, c, h / 4, 4, w / 4, 4).permute(0, 3, 5, 1, 2, 4).reshape(n, 16 * c, h / 4, w / 4);
    }
}

/// <summary>Section 2.2: [1 2 1] x [1 2 1] / 16 with stride 2 on reflected borders.</summary>
internal sealed class Blur : Layer
{
    private readonly Tensor[] kernel;
    private readonly long channels;

    public Blur(long channels)
        : base(nameof(Blur))
    {
        this.channels = channels;
        var row = tensor(new float[] { 0.25f, 0.5f, 0.25f });
        kernel = [outer(row, row).expand(channels, 1, 3, 3).contiguous().DetachFromDisposeScope()];
    }

    public override Tensor forward(Tensor x) =>
        nn.functional.conv2d(
            nn.functional.pad(x, [1, 1, 1, 1], PaddingModes.Reflect),
            kernel[0],
            strides: [2, 2],
            groups: channels
        );
}

/// <summary>Convolution, normalisation, leaky ReLU (none where the slope is null); a blur behind them in the place of a stride.</summary>
internal sealed class ConvNormAct : Layer
{
    private readonly Layer conv;
    private readonly Layer bn;
    private readonly Layer act;
    private readonly Layer blur;

    public ConvNormAct(long inputs, long outputs, long side, double? slope = null, int stride = 1)
        : base(nameof(ConvNormAct))
    {
        conv = nn.Conv2d(inputs, outputs, side, padding: side / 2, bias: false);
        bn = nn.BatchNorm2d(outputs);
        act = slope is { } s ? nn.LeakyReLU(s, inplace: true) : nn.Identity();
        blur = stride == 2 ? new Blur(outputs) : nn.Identity();
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => blur.call(act.call(bn.call(conv.call(x))));
}

/// <summary>Section 2.2: a gate for each channel from the means of all.</summary>
internal sealed class SqueezeExcite : Layer
{
    private readonly Layer fc1;
    private readonly Layer fc2;

    public SqueezeExcite(long channels, long reduced)
        : base(nameof(SqueezeExcite))
    {
        fc1 = nn.Conv2d(channels, reduced, 1);
        fc2 = nn.Conv2d(reduced, channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) =>
        x * fc2.call(nn.functional.relu(fc1.call(x.mean([2L, 3L], keepdim: true)))).sigmoid();
}

/// <summary>Figure 2: adds its input, halved by pooling and widened by a 1 x 1 convolution where its shape changes, to its branch.</summary>
internal sealed class Block : Layer
{
    private const double Slope = 0.001;
    private readonly Layer conv1;
    private readonly Layer conv2;
    private readonly Layer? conv3;
    private readonly Layer se;
    private readonly Layer downsample;

    public Block(bool basic, long inputs, long width, int stride, bool attention)
        : base(nameof(Block))
    {
        var outputs = basic ? width : 4 * width;
        conv1 = basic ? new ConvNormAct(inputs, width, 3, Slope, stride) : new ConvNormAct(inputs, width, 1, Slope);
        conv2 = basic ? new ConvNormAct(width, width, 3) : new ConvNormAct(width, width, 3, Slope, stride);
        conv3 = basic ? null : new ConvNormAct(width, outputs, 1);
        // A quarter of the channels inside it, or an eighth of the outer ones.
        var reduced = Math.Max(basic ? width / 4 : outputs / 8, 64);
        se = attention ? new SqueezeExcite(width, reduced) : nn.Identity();
        downsample =
            stride == 2 ? nn.Sequential(nn.AvgPool2d(2), new ConvNormAct(inputs, outputs, 1))
            : inputs != outputs ? nn.Sequential(new ConvNormAct(inputs, outputs, 1))
            : nn.Identity();
        RegisterComponents();
    }

    // Attention after both convolutions of a basic block, where channels are few in a bottleneck.
    public override Tensor forward(Tensor x)
    {
        var y = se.call(conv2.call(conv1.call(x)));
        return nn.functional.relu((conv3 is null ? y : conv3.call(y)) + downsample.call(x));
    }
}
