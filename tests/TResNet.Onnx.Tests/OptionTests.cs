using System.Text.Json;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Transforms;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>Each option does what it says, in ONNX Runtime.</summary>
public sealed class OptionTests : ExportFolder
{
    private const string Everything = "tresnet_nano+norm=evonorm-s0+attention=coord+head=ml-decoder";

    public static TheoryData<int> Opsets =>
        [.. Enumerable.Range(OnnxOptions.OldestOpset, OnnxOptions.NewestOpset - OnnxOptions.OldestOpset + 1)];

    [Theory]
    [MemberData(nameof(Opsets))]
    public void Every_version_of_the_operators_is_the_same(int opset)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(Everything, 10));
        SameInOnnxRuntime(network, $"opset {opset}", new OnnxOptions { Opset = opset });
        using var plain = Randomised(() => Models.Create("tresnet_nano", 10));
        SameInOnnxRuntime(plain, $"opset {opset}", new OnnxOptions { Opset = opset });
        Assert.Equal(opset, Read("network.onnx").OpsetImport.Single().Version);
    }

    [Fact]
    public void Folding_leaves_no_normalisation_and_the_same_results()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("resnet18", 10));
        SameInOnnxRuntime(network, "unfolded");
        Assert.Contains(Read("network.onnx").Graph.Node, node => node.OpType == "BatchNormalization");
        SameInOnnxRuntime(network, "folded", new OnnxOptions { Fold = true });
        Assert.DoesNotContain(Read("network.onnx").Graph.Node, node => node.OpType == "BatchNormalization");
    }

    [Theory]
    [InlineData(ComputeType.Float16, 0.01)]
    [InlineData(ComputeType.BFloat16, 0.03)]
    public void Half_the_bytes_are_near(ComputeType precision, double relative)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(Everything, 10));
        network.ToOnnx(PathOf("whole.onnx"));
        SameInOnnxRuntime(network, $"{precision}", new OnnxOptions { Precision = precision }, relative);
        Assert.InRange(
            new FileInfo(PathOf("network.onnx")).Length,
            1,
            0.55 * new FileInfo(PathOf("whole.onnx")).Length
        );
    }

    [Fact]
    public void Weights_that_have_no_place_in_float16_are_refused_by_name()
    {
        using var network = Randomised(() => Models.Create("resnet18", 10));
        using (no_grad())
        {
            network.get_parameter("fc.weight")!.fill_(1e6);
        }

        var refused = Assert.Throws<TResNetException>(() =>
            network.ToOnnx(PathOf("half.onnx"), new OnnxOptions { Precision = ComputeType.Float16 })
        );
        Assert.Contains("fc.weight are too large for Float16", refused.Message);
        Assert.False(File.Exists(PathOf("half.onnx")));
        network.ToOnnx(PathOf("half.onnx"), new OnnxOptions { Precision = ComputeType.BFloat16 });
        using (no_grad())
        {
            network.get_parameter("fc.weight")!.fill_(double.NaN);
        }

        Assert.Contains(
            "fc.weight are not finite",
            Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("none.onnx"))).Message
        );
        Assert.False(File.Exists(PathOf("none.onnx")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Probabilities_are_the_networks(bool several)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 10));
        network.MultiLabel = several;
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Softmax = true });
        using var session = new OnnxSession(PathOf("network.onnx"));
        Assert.Equal(["probabilities"], session.Outputs);
        var images = Images(3, 32);
        AllNear([network.predict(images)], session.Run(images));
    }

    [Theory]
    [InlineData(255, 3)]
    [InlineData(1, 3)]
    [InlineData(255, 1)]
    public void Pixels_are_scaled_in_the_file(double white, int channels)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("resnet18", 10, channels));
        network.ToOnnx(
            PathOf("network.onnx"),
            new OnnxOptions
            {
                InputScale = white,
                Height = 64,
                Width = 64,
            }
        );
        using var session = new OnnxSession(PathOf("network.onnx"));
        var colours = rand(2, 3, 64, 64);
        var (mean, std) = (Normalize.ImageNet.Mean, Normalize.ImageNet.Std);
        if (channels == 1)
        {
            // A grey image is the mean of its scaled colours.
            colours = colours.narrow(1, 0, 1).expand(2, 3, 64, 64);
        }

        var scaled = (colours - Column(mean)) / Column(std);
        var wanted = channels == 1 ? scaled.mean([1], keepdim: true) : scaled;
        AllNear([network.call(wanted)], session.Run((colours.narrow(1, 0, channels) * white).contiguous()));

        static Tensor Column(IReadOnlyList<double> values) =>
            tensor(values.Select(value => (float)value).ToArray()).view(1, 3, 1, 1);
    }

    [Fact]
    public void What_is_fixed_is_fixed_and_what_is_not_is_any()
    {
        using var network = Models.Create("resnet18", 10);
        network.ToOnnx(PathOf("network.onnx"));
        using (var session = new OnnxSession(PathOf("network.onnx")))
        {
            Assert.Equal([-1, 3, 224, 224], session.InputShape);
        }

        var file = network.ToOnnx(
            PathOf("network.onnx"),
            new OnnxOptions
            {
                BatchSize = 2,
                Height = 96,
                Width = OnnxOptions.Dynamic,
            }
        );
        Assert.Equal("images [2, 3, 96, width]", file.Input);
        using var other = new OnnxSession(PathOf("network.onnx"));
        Assert.Equal([2, 3, 96, -1], other.InputShape);
    }

    [Fact]
    public void Weights_beside_the_file_are_found_there()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("resnet18", 10));
        SameInOnnxRuntime(network, "within");
        var within = new FileInfo(PathOf("network.onnx")).Length;
        SameInOnnxRuntime(network, "beside", new OnnxOptions { MostBytesInside = 1 << 20 });
        Assert.InRange(new FileInfo(PathOf("network.onnx")).Length, 1, 1 << 18);
        Assert.InRange(new FileInfo(PathOf("network.onnx.data")).Length, within / 2, 2 * within);
    }

    [Fact]
    public void Zero_borders_are_said_to_differ_and_by_how_much()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 10));
        var exact = network.ToOnnx(PathOf("exact.onnx"));
        var file = network.ToOnnx(PathOf("zeros.onnx"), new OnnxOptions { TensorRTFriendly = true });
        Assert.Null(exact.Inexact);
        Assert.Matches(
            @"^Not exact: zeros .* in 3 layers\. .* differ by up to [\d.]+ % of the largest\.$",
            file.Inexact!
        );
        Assert.Contains(exact.Operators, each => each.Key == "Pad");
        Assert.DoesNotContain(file.Operators, each => each.Key == "Pad");

        // As large as what was said, though on other images.
        using var session = new OnnxSession(PathOf("zeros.onnx"));
        var images = rand(4, 3, 32, 32);
        var wanted = network.call(images);
        var off = (wanted - session.Run(images)[0]).abs().max().item<float>() / wanted.abs().max().item<float>();
        var said = double.Parse(
            file.Inexact!.Split("up to ")[1].Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.InRange(100 * off, said / 4, said * 4);

        using var plain = Models.Create("resnet18", 10);
        Assert.Null(plain.ToOnnx(PathOf("plain.onnx"), new OnnxOptions { TensorRTFriendly = true }).Inexact);
    }

    [Fact]
    public void The_file_says_what_it_is()
    {
        using var network = Models.Create("tresnet_nano+attention=eca", 3);
        network.Classes = ["tulip", "rose", "ä \"quoted\" lily"];
        network.Provenance = new Dictionary<string, string> { ["run"] = "runs/flowers" };
        network.ToOnnx(PathOf("network.onnx"));
        using var session = new OnnxSession(PathOf("network.onnx"));
        var words = session.Metadata.CustomMetadataMap;
        Assert.Equal("TResNet Notebooks", session.Metadata.ProducerName);
        Assert.Equal("tresnet_nano + attention=eca", words["architecture"]);
        Assert.Equal(network.Classes, JsonSerializer.Deserialize<string[]>(words["label_names"]));
        Assert.Equal("runs/flowers", words["run"]);
        var names = Read("network.onnx").Graph.Initializer.Select(each => each.Name).ToHashSet();
        Assert.Subset(names, network.state_dict().Keys.Where(key => !key.EndsWith("num_batches_tracked")).ToHashSet());
    }

    [Theory]
    [InlineData(12, "Opset 12 is not written: take one from 13 to 21")]
    [InlineData(22, "Opset 22 is not written")]
    public void An_unknown_opset_is_refused(int opset, string sentence) =>
        Refused(new OnnxOptions { Opset = opset }, sentence);

    [Fact]
    public void What_cannot_be_is_refused_in_a_sentence()
    {
        Refused(new OnnxOptions { BatchSize = -1 }, "The batch is -1");
        Refused(new OnnxOptions { Height = 33 }, "takes sides that are multiples of 2");
        Refused(new OnnxOptions { InputScale = 0 }, "The input's scale is 0");
        Refused(new OnnxOptions { InputScale = double.NaN }, "The input's scale is NaN");
        Refused(new OnnxOptions { InChans = 4 }, "4 channels were asked for, and tresnet_nano takes 3");
        using var network = Models.Create("tresnet_nano", 10);
        Assert.Contains(
            "does not exist",
            Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("gone/network.onnx"))).Message
        );
        Assert.Contains("is a folder", Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("."))).Message);
        using var wide = Models.Create("resnet18", 10, 4);
        Assert.Contains(
            "and these have 4",
            Assert
                .Throws<TResNetException>(() => wide.ToOnnx(PathOf("x.onnx"), new OnnxOptions { InputScale = 1 }))
                .Message
        );
        using var features = Models.CreateFeatures("resnet18");
        Assert.Contains(
            "this network gives feature maps",
            Assert
                .Throws<TResNetException>(() => features.ToOnnx(PathOf("x.onnx"), new OnnxOptions { Softmax = true }))
                .Message
        );
    }

    [Fact]
    public void A_layer_that_ONNX_does_not_know_is_refused()
    {
        using var network = nn.Sequential(nn.ReLU(), nn.GroupNorm(1, 3));
        Assert.Contains(
            "How large the images",
            Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("x.onnx"))).Message
        );
        var refused = Assert.Throws<TResNetException>(() =>
            network.ToOnnx(PathOf("x.onnx"), new OnnxOptions { Height = 8, Width = 8 })
        );
        Assert.Equal(
            "opaque GroupNorm has no operators in ONNX: only networks of known layers can be written.",
            refused.Message
        );
        Assert.False(File.Exists(PathOf("x.onnx")));
    }

    private void Refused(OnnxOptions options, string sentence)
    {
        using var network = Models.Create("tresnet_nano", 10);
        var refused = Assert.Throws<TResNetException>(() => network.ToOnnx(PathOf("refused.onnx"), options));
        Assert.Contains(sentence, refused.Message);
        Assert.False(File.Exists(PathOf("refused.onnx")));
    }

    private ModelProto Read(string name) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(name)));
}
