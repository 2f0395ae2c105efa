using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Tests.Training;
using TResNet.Training;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>Networks of eight bits, in ONNX Runtime.</summary>
public sealed class QuantizationTests : ExportFolder
{
    private static readonly ImageDataset Clothes = FashionMnist.Load(FashionMnistSplit.Train);

    [Theory]
    [InlineData("resnet18+depths=1,1,1,1", 2000, 2)]
    [InlineData("tresnet_nano", 4000, 4)]
    public void A_trained_network_answers_as_well_in_eight_bits(string name, int images, int epochs)
    {
        using var scope = NewDisposeScope();
        using var network = SmallNets.Create(name);
        var train = Clothes.First(images).FitTo(3, 32, 32);
        var held = FashionMnist.Load(FashionMnistSplit.Validation).FitTo(3, 32, 32);
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = 50,
            LearningRate = 0.02,
        };
        new Trainer(network, train, held.First(100), options).Fit();
        var whole = network.ToOnnx(PathOf("whole.onnx"), Sized(32));

        var small = network.ToOnnx(PathOf("small.onnx"), Sized(32, new QuantizationOptions { Images = train }));

        var before = Top1("whole.onnx", held);
        Assert.InRange(before, 0.6, 1);
        Assert.InRange(Top1("small.onnx", held), before - 0.01, 1);
        Assert.InRange((double)small.Bytes / whole.Bytes, 0.2, 0.35);
        Assert.Contains("Percentile of 128 images of Fashion-MNIST", small.Quantization);

        // What computes has eight bits there too, and not only numbers that were rounded.
        using var session = new OnnxSession(PathOf("small.onnx"), PathOf("joined.onnx"));
        var joined = Read("joined.onnx").Graph.Node.Select(node => node.OpType).ToHashSet();
        Assert.Superset(new HashSet<string> { "QLinearConv", "QLinearAdd", "QGemm" }, joined);
        Assert.DoesNotContain("Conv", joined);
        Assert.DoesNotContain("Gemm", joined);
        Assert.DoesNotContain("Relu", joined);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("tresnet_nano+norm=evonorm-s0+attention=coord+head=ml-decoder")]
    [InlineData("tresnet_nano+attention=eca+pool=catavgmax")]
    [InlineData("skresnet50+depths=1,1,1,1")]
    [InlineData("resnest50d+depths=1,1,1,1")]
    [InlineData("resnetv2_50d_evob+depths=1,1,1,1")]
    [InlineData("regnety_002")]
    [InlineData("mobilenetv2_100")]
    [InlineData("mixnet_s")]
    public void Every_kind_of_layer_is_near(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(name, 10));
        Near(network, new QuantizationOptions { Images = Clothes.First(32).FitTo(3, 64, 64) });
    }

    [Fact]
    public void Feature_maps_are_near()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.CreateFeatures("tresnet_nano", [0, -1]));
        Near(network, new QuantizationOptions { Images = Clothes.First(32).FitTo(3, 64, 64) });
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax, QuantType.QUInt8, false, 13)]
    [InlineData(CalibrationMethod.MinMax, QuantType.QInt8, true, 17)]
    [InlineData(CalibrationMethod.Percentile, QuantType.QInt8, false, 19)]
    [InlineData(CalibrationMethod.Entropy, QuantType.QUInt8, true, 21)]
    public void Each_option_is_near(CalibrationMethod method, QuantType type, bool reduceRange, int opset)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 10));
        var options = new QuantizationOptions
        {
            Images = Clothes.FitTo(3, 64, 64),
            CalibrationImages = 20,
            CalibrateMethod = method,
            ActivationType = type,
            ReduceRange = reduceRange,
        };
        Near(network, options, opset, relative: method == CalibrationMethod.Entropy ? 0.05 : 0.08);

        var weights = Read("small.onnx").Graph.Initializer.Where(tensor => tensor.Dims.Count > 1).ToList();
        Assert.All(weights, weight => Assert.Equal((int)TensorProto.Types.DataType.Int8, weight.DataType));
        Assert.Equal(
            reduceRange ? 64 : 127,
            weights.SelectMany(weight => weight.RawData.ToArray()).Max(value => Math.Abs((int)(sbyte)value))
        );
        var word = Read("small.onnx").MetadataProps.Single(each => each.Key == "quantization").Value;
        Assert.Contains($"{type}, {method} of 20 images", word);
        var refused = Assert.Throws<TResNetException>(() => Models.Load(PathOf("small.onnx")));
        Assert.Contains("computes its weights, as quantised models do", refused.Message);
    }

    [Fact]
    public void A_bias_has_the_scale_of_the_products_and_32_bits()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.Conv2d(3, 4, 3, padding: 1), nn.ReLU());
        using (no_grad())
        {
            var weight = network.get_parameter("0.weight")!;
            // Without weights, with ones so small that a bias is beyond 32 bits of their products, and with the largest in one channel.
            weight[0] = 0;
            weight[1] *= 1e-9f;
            weight[3] *= 1000;
            network.get_parameter("0.bias")!.copy_(tensor(new float[] { 3, 2, 0.5f, -40 }));
        }

        var images = Clothes.First(16).FitTo(3, 8, 8);
        network.ToOnnx(PathOf("small.onnx"), Sized(8, new QuantizationOptions { Images = images }));

        var tensors = Read("small.onnx").Graph.Initializer.ToDictionary(each => each.Name);
        var x = Singles(tensors["images_scale_1"]).Single();
        Assert.Equal(
            Singles(tensors["weight_1_scale_1"]).Select(scale => scale * x),
            Singles(tensors["bias_1_scale_1"])
        );
        Assert.All(
            MemoryMarshal
                .Cast<byte, int>(tensors["bias_1_quantized_1"].RawData.Span)
                .ToArray()
                .Zip(Singles(tensors["bias_1_scale_1"]), (sum, scale) => sum * scale)
                .Zip([3, 2, 0.5f, -40]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-3 * Math.Abs(pair.Second))
        );
    }

    [Fact]
    public void Results_stay_as_they_are_computed_whatever_they_come_out_of()
    {
        using var network = nn.Sequential(nn.Conv2d(3, 4, 3, padding: 1), nn.AdaptiveAvgPool2d(1), nn.Flatten());
        var images = Clothes.First(16).FitTo(3, 8, 8);
        network.ToOnnx(PathOf("small.onnx"), Sized(8, new QuantizationOptions { Images = images }));

        // From the result back, and no rounding between.
        var nodes = Read("small.onnx").Graph.Node.ToDictionary(node => node.Output[0]);
        var way = new List<string>();
        for (var at = "logits"; way.Count < 3; at = nodes[at].Input[0])
        {
            way.Add(nodes[at].OpType);
        }

        Assert.Equal(["Identity", "Flatten", "GlobalAveragePool"], way);
    }

    [Fact]
    public void Memory_is_asked_for_by_the_images_where_a_file_takes_any()
    {
        using var network = Models.Create("tresnet_nano", 10);
        var huge = Clothes.FitTo(3, 1 << 16, 1 << 16);
        var options = Sized(OnnxOptions.Dynamic, new QuantizationOptions { Images = huge });

        var refused = Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("refused.onnx"), options));
        Assert.Contains("memory", refused.Message);
        network.ToOnnx(PathOf("small.onnx"), options with { Quantization = null });
        Assert.Contains(
            "memory",
            Assert
                .Throws<TResNetException>(() => QuantizedCheck.Of(network, PathOf("small.onnx"), options, huge))
                .Message
        );
    }

    [Fact]
    public void A_check_compares_first_classes_on_images()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 10));
        var images = Clothes.First(40).FitTo(3, 32, 32);
        var options = Sized(32, new QuantizationOptions { Images = images }) with { InputScale = 255, BatchSize = 7 };
        network.ToOnnx(PathOf("small.onnx"), options);

        var check = QuantizedCheck.Of(network, PathOf("small.onnx"), options, images)!;

        Assert.Equal(40, check.Images);
        Assert.InRange(check.Agreement!.Value, 0.8, 1);
        Assert.InRange(check.Relative, 1e-6, 0.1);
        using var other = Randomised(() => Models.Create("tresnet_nano", 10), seed: 2);
        Assert.InRange(QuantizedCheck.Of(other, PathOf("small.onnx"), options, images)!.Relative, 0.2, 10);
    }

    [Fact]
    public void What_cannot_be_is_refused_in_a_sentence()
    {
        using var network = Models.Create("tresnet_nano", 10);
        var images = Clothes.First(4).FitTo(3, 32, 32);
        var fitting = new QuantizationOptions { Images = images };
        Refused(Sized(32, fitting) with { Precision = ComputeType.Float16 }, "and Float16 was asked for too");
        Refused(Sized(32, fitting with { CalibrationImages = 0 }), "0 images were to be calibrated on");
        Refused(Sized(32, fitting with { CalibrateMethod = (CalibrationMethod)7 }), "There is no calibration 7");
        Refused(Sized(32, fitting with { ActivationType = (QuantType)7 }), "There are no feature maps of 7");
        Refused(Sized(32, fitting with { Images = Clothes }), "have 1 channel and tresnet_nano takes 3");
        Refused(Sized(64, fitting), "are of 32 x 32 pixels and the file takes 64 x 64");
        Refused(Sized(32, fitting with { Images = images.First(0) }), "has no images");
        Refused(Sized(32, fitting with { Images = images.Filled(float.NaN) }), "have values that are not finite");
        Refused(Sized(32, fitting with { Images = images.Filled(3e38f) }), "gives values that are not finite");
        using (no_grad())
        {
            network.get_parameter("head.fc.bias")!.fill_(double.NaN);
        }

        Refused(Sized(32, fitting), "The weights head.fc.bias are not finite");

        void Refused(OnnxOptions options, string sentence)
        {
            var refused = Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("refused.onnx"), options));
            Assert.Contains(sentence, refused.Message);
            Assert.False(File.Exists(PathOf("refused.onnx")));
        }
    }

    private static OnnxOptions Sized(int side, QuantizationOptions? quantization = null) =>
        new()
        {
            Height = side,
            Width = side,
            Quantization = quantization,
        };

    // In float32 after all, only rounded.
    private void Near(nn.Module network, QuantizationOptions options, int opset = 17, double relative = 0.08)
    {
        using var _ = no_grad();
        network.ToOnnx(PathOf("small.onnx"), Sized(64, options) with { Opset = opset });
        using var session = new OnnxSession(PathOf("small.onnx"));
        var (images, _) = options.Images.GetBatch([.. Enumerable.Range(0, 8)]);
        Tensor[] expected = network is nn.Module<Tensor, Tensor[]> many
            ? many.call(images)
            : [((nn.Module<Tensor, Tensor>)network).call(images)];
        AllNear(expected, session.Run(images), relative);
    }

    private double Top1(string name, ImageDataset data)
    {
        using var scope = NewDisposeScope();
        using var session = new OnnxSession(PathOf(name));
        var right = 0L;
        foreach (var indices in Enumerable.Range(0, data.Count).Chunk(100))
        {
            var (images, labels) = data.GetBatch(indices);
            right += session.Run(images)[0].argmax(1).eq(labels).sum().item<long>();
        }

        return (double)right / data.Count;
    }

    private static float[] Singles(TensorProto values) =>
        MemoryMarshal.Cast<byte, float>(values.RawData.Span).ToArray();

    private ModelProto Read(string name) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(name)));
}
