using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.TestRanks;

/// <summary>Networks of a thousand weights, in float64 so that differences are those of the method.</summary>
internal static class TinyNets
{
    /// <summary>With batch normalisation and in-place ABN.</summary>
    public static nn.Module<Tensor, Tensor> ByBatch(long seed = 1) =>
        Make(
            seed,
            ("norm1", new Abn(8, Activation.SiLU)),
            ("norm2", new Abn(8, Activation.LeakyReLU(0.01), AbnWeight.Magnitude)),
            ("norm3", new Abn(8, Activation.ReLU))
        );

    /// <summary>Without statistics of the batch.</summary>
    public static nn.Module<Tensor, Tensor> ByImage(long seed = 1) =>
        Make(
            seed,
            ("norm1", new EvoNormS0(8, true)),
            ("norm2", new EvoNormS0(8, true)),
            ("norm3", new EvoNormS0(8, true))
        );

    /// <summary>Of more than one bucket of gradients.</summary>
    public static nn.Module<Tensor, Tensor> Wide(long seed = 1)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("flat", nn.Flatten()),
            ("first", nn.Linear(192, 1024)),
            ("act", nn.ReLU()),
            ("second", nn.Linear(1024, 512)),
            ("act2", nn.ReLU()),
            ("head", nn.Linear(512, 4))
        );
    }

    private static nn.Module<Tensor, Tensor> Make(long seed, params (string, nn.Module<Tensor, Tensor>)[] norms)
    {
        manual_seed(seed);
        var net = nn.Sequential(
            ("conv1", nn.Conv2d(3, 8, 3, padding: 1, bias: false)),
            norms[0],
            ("conv2", nn.Conv2d(8, 8, 3, stride: 2, padding: 1, bias: false)),
            norms[1],
            ("conv3", nn.Conv2d(8, 8, 3, padding: 1, bias: false)),
            norms[2],
            ("pool", nn.AdaptiveAvgPool2d(1)),
            ("flat", nn.Flatten()),
            ("fc", nn.Linear(8, 4))
        );
        net.to(ScalarType.Float64);
        return net;
    }
}
