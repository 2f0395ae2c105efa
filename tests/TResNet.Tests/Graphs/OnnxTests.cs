using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using TResNet.Building;
using TResNet.Graphs;
using TResNet.Graphs.Onnx;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;
using Tensor = TorchSharp.torch.Tensor;

namespace TResNet.Tests.Graphs;

/// <summary>What is written as ONNX computes in ONNX Runtime what the network computes.</summary>
public sealed class OnnxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("onnx").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_m+norm=inplace-abn")]
    [InlineData("resnet50")]
    [InlineData("resnext50_32x4d")]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenetv2_100")]
    [InlineData("mixnet_s")]
    [InlineData("regnety_002")]
    [InlineData("resnet50d+output-stride=8")]
    [InlineData("resnetblur50+pool=catavgmax")]
    [InlineData("cecaresnet50d+pool=max")]
    [InlineData("ecaresnet50d")]
    [InlineData("skresnet50")]
    [InlineData("resnest50d")]
    [InlineData("resnetv2_50d_evos")]
    [InlineData("resnetv2_50d_evob")]
    public void A_network_is_the_same_in_ONNX_Runtime(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(Models.Describe(name).Build(10));
        SameInOnnx(network, 64, name);
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("leaky_relu:0.1")]
    [InlineData("relu6")]
    [InlineData("silu")]
    [InlineData("elu")]
    [InlineData("mish")]
    public void An_activation_is_the_same_in_ONNX_Runtime(string activation)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(Models.TResNetNano().With("activation", activation).Build(10));
        SameInOnnx(network, 32, activation);
    }

    [Fact]
    public void TorchSharps_layers_are_the_same_in_ONNX_Runtime()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(
            nn.Sequential(
                nn.Conv2d(3, 8, (3, 5), stride: (2, 1), padding: (1, 4), dilation: (1, 2)),
                nn.GELU(),
                nn.MaxPool2d((3, 2), stride: (2, 3), padding: (1, 0), dilation: (2, 1), ceil_mode: true),
                nn.Hardswish(),
                nn.BatchNorm2d(8),
                nn.Tanh(),
                nn.AvgPool2d(3, stride: 2, padding: 1),
                nn.Hardsigmoid(),
                nn.Flatten(),
                nn.Linear(192, 5, hasBias: false),
                nn.Sigmoid()
            )
        );
        SameInOnnx(network, 32, "the sequence");
    }

    [Fact]
    public void Joined_operations_and_several_outputs_are_the_same_in_ONNX_Runtime()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var builder = new GraphBuilder(2, 4, 9, 1);
        var x = builder.Input;
        var joined = builder.Add(
            new Convolution(x, rand(4, 4, 3, 3), rand(4), Pair.Of(1), Pair.Of(1), Pair.Of(1), 1)
            {
                Addend = x,
                Activation = Nonlinearity.LeakyReLU(0.1),
            }
        );
        var gated = builder.Add(
            new Pointwise(joined)
            {
                Gate = builder.Add(new GlobalMax(x)),
                Scale = rand(4),
                Shift = rand(4),
                Addend = x,
                Activation = Nonlinearity.ReLU6,
            }
        );
        var replicated = builder.Add(new Blur(gated, 2));
        var padded = builder.Add(new Pad(gated, PadKind.Replicate, 1, 2, 0, 3));
        using var graph = builder.Build(x, gated, replicated, padded, gated);
        var images = randn(3, 4, 9, 1);
        AllNear(Interpreter.Run(graph, images), Run(graph, images));
    }

    [Fact]
    public void A_function_that_ONNX_does_not_know_is_refused()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.ReLU(), nn.GroupNorm(1, 3));
        using var graph = Graph.Of(network, 1, 3, 8, 8);
        var path = Path.Combine(folder, "refused.onnx");
        var refused = Assert.Throws<TResNetException>(() => OnnxFile.Write(graph, path, "refused"));
        Assert.Equal(
            "opaque GroupNorm has no operators in ONNX: only networks of known layers can be written.",
            refused.Message
        );
        Assert.False(File.Exists(path));
    }

    // For another number of images than the graph was made for.
    private void SameInOnnx(nn.Module<Tensor, Tensor> network, int side, string what)
    {
        using var _ = no_grad();
        using var graph = Graph.Of(network, 2, 3, side, side);
        var images = Images(3, side);
        AllNear([network.call(images)], Run(graph, images), what: what);
    }

    private Tensor[] Run(Graph graph, Tensor images)
    {
        var path = Path.Combine(folder, "network.onnx");
        OnnxFile.Write(graph, path, "network");
        using var options = new SessionOptions { IntraOpNumThreads = 2 };
        using var session = new InferenceSession(path, options);
        var input = new DenseTensor<float>(images.data<float>().ToArray(), [.. images.shape.Select(side => (int)side)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("images", input)]);
        return
        [
            .. results.Select(result =>
            {
                var values = result.AsTensor<float>();
                return tensor(values.ToArray(), [.. values.Dimensions.ToArray().Select(side => (long)side)]);
            }),
        ];
    }
}
