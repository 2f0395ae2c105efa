using System.Runtime.InteropServices;
using Google.Protobuf;
using TResNet.Building;
using TResNet.Weights;
using TResNet.Weights.ByGraph;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>Models of other exporters, whose weights are found by the graph: what they write otherwise, and what is another network.</summary>
public sealed class GraphReadingTests : ExportFolder
{
    private const string Name = "resnet18+depths=1,1,1,1";

    [Theory]
    [InlineData("Relu", "LeakyRelu", "before layer1.0.conv1.weight it has leaky_relu(0.01)")]
    [InlineData("Relu", "Tanh", "and this one max_pool(3/2) and relu")]
    [InlineData("MaxPool", "AveragePool", "it has mean and relu, and this one max_pool(3/2) and relu")]
    public void Other_functions_between_the_layers_are_told(string from, string to, string told)
    {
        using var network = Written(Name);
        Change(model =>
        {
            foreach (var node in model.Graph.Node.Where(node => node.OpType == from))
            {
                node.OpType = to;
            }
        });

        Assert.Contains(told, Checkpoint.Load(network, PathOf("network.onnx")).ToString());
    }

    [Theory]
    [InlineData("0 0 1 1", 0, 0, 1, 1)]
    [InlineData("0 0 0 0", 0, 0, 0, 0)]
    public void Another_border_is_told(string told, params int[] pads)
    {
        using var network = Written(Name);
        Change(model =>
        {
            var border = model.Graph.Node.Last(node => node.OpType == "Conv" && Kernel(node) == 3).Attribute;
            var ints = border.Single(each => each.Name == "pads").Ints;
            ints.Clear();
            ints.AddRange(pads.Select(each => (long)each));
        });

        Assert.Contains(
            $"layer4.0.conv2.weight reads its map with other zeros around it, {told} above, left, below and right, and here 1 1 1 1",
            Checkpoint.Load(network, PathOf("network.onnx")).Caution
        );
    }

    [Fact]
    public void What_exporters_write_otherwise_is_the_same()
    {
        using var network = Written(Name);
        Change(model =>
        {
            var nodes = model.Graph.Node;
            nodes.First(node => node.OpType == "Relu").OpType = "Clip"; // without a bound above
            model.Graph.Initializer.Add(Single("zero", 0));
            nodes.First(node => node.OpType == "Clip").Input.Add("zero");
            nodes.Single(node => node.OpType == "GlobalAveragePool").OpType = "ReduceMean";
            // Zeros by an operator of their own, and by what keeps a map's size.
            var conv = nodes.First(node => node.OpType == "Conv" && Kernel(node) == 3);
            conv.Attribute.Remove(conv.Attribute.Single(each => each.Name == "pads"));
            conv.Attribute.Add(new AttributeProto { Name = "auto_pad", S = ByteString.CopyFromUtf8("SAME_UPPER") });
            var last = nodes.Last(node => node.OpType == "Conv" && Kernel(node) == 3);
            last.Attribute.Remove(last.Attribute.Single(each => each.Name == "pads"));
            nodes.Insert(
                nodes.IndexOf(last),
                new NodeProto
                {
                    OpType = "Pad",
                    Input = { last.Input[0], "border" },
                    Output = { "padded" },
                }
            );
            last.Input[0] = "padded";
            // Of an even side the last column is not reached.
            nodes
                .First(node => node.OpType == "Conv" && Kernel(node) == 7)
                .Attribute.Single(each => each.Name == "pads")
                .Ints[3]--;
            model.Graph.Initializer.Add(Whole("border", 0, 0, 1, 1, 0, 0, 1, 1));
        });
        using var loaded = Models.Create(Name, 5);

        Assert.Null(Checkpoint.Load(loaded, PathOf("network.onnx")).Caution);
        Same(network, loaded);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_square_classifier_is_turned_as_the_model_says(bool turnsWeight, bool isTurnedBefore)
    {
        using var network = Written(Name, 512);
        Change(model =>
        {
            var gemm = model.Graph.Node.Single(node => node.OpType == "Gemm");
            var weight = model.Graph.Initializer.Single(each => each.Name == gemm.Input[1]);
            gemm.Attribute.Single(each => each.Name == "transB").I = turnsWeight ? 1 : 0;
            if (turnsWeight == isTurnedBefore)
            {
                using var matrix = tensor(Singles(weight), [512, 512]);
                using var turned = matrix.t().contiguous();
                weight.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(turned.data<float>().ToArray()));
            }

            if (isTurnedBefore)
            {
                var turn = new NodeProto
                {
                    OpType = "Transpose",
                    Input = { weight.Name },
                    Output = { "turned" },
                };
                model.Graph.Node.Insert(0, turn);
                gemm.Input[1] = "turned";
            }
        });
        using var loaded = Models.Create(Name, 512);
        Checkpoint.Load(loaded, PathOf("network.onnx"));
        Same(network, loaded);
    }

    [Theory]
    [InlineData("transA", 1, 0, "transposes what it reads")]
    [InlineData("alpha", 0, 0.5, "has the factor alpha 0.5")]
    [InlineData("beta", 0, 2, "has the factor beta 2")]
    public void A_product_that_is_no_linear_layer_is_refused(string attribute, long whole, float factor, string why)
    {
        using var network = Written(Name);
        Change(model =>
            model
                .Graph.Node.Single(node => node.OpType == "Gemm")
                .Attribute.Add(
                    new AttributeProto
                    {
                        Name = attribute,
                        I = whole,
                        F = factor,
                    }
                )
        );

        Assert.Contains(why, Refusal(network));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(1, true)]
    [InlineData(255, false)]
    public void Mean_and_deviation_in_the_graph_become_those_of_the_images(double white, bool fold)
    {
        using var network = Models.Create(Name, 5);
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = fold, InputScale = white });
        Change(model => model.MetadataProps.Clear());
        using var other = Models.Create("tresnet_nano", 5);
        using var loaded = Models.Create(Name, 5);
        loaded.DataConfig = other.DataConfig;

        var said = Checkpoint.Load(loaded, PathOf("network.onnx"));

        Assert.Equal(
            "the file scales its images itself, which mean 0.485 0.456 0.406 and std 0.229 0.224 0.225 do here",
            said.Caution
        );
        Assert.Equal([0.485, 0.456, 0.406], loaded.DataConfig.Normalize.Mean.Select(each => Math.Round(each, 5)));
        Assert.Equal([0.229, 0.224, 0.225], loaded.DataConfig.Normalize.Std.Select(each => Math.Round(each, 5)));
    }

    [Theory]
    [InlineData(
        "Sub",
        "Div",
        new float[] { 123.675f, 116.28f, 103.53f },
        new float[] { 58.395f, 57.12f, 57.375f },
        "mean 0.485 0.456 0.406 and std 0.229 0.224 0.225"
    )]
    [InlineData("Div", "Sub", new float[] { 127.5f }, new float[] { 1 }, "mean 0.5 and std 0.5")]
    [InlineData("Sub", "Mul", new float[] { 0 }, new float[] { -1 }, "in a way that is no mean and deviation")]
    [InlineData("Sub", "Mul", new float[] { 1, 2 }, new float[] { 1, 2, 3 }, "in a way that is no mean and deviation")]
    [InlineData("Sub", "Mul", new float[] { 0 }, new float[] { 1 }, null)]
    public void What_other_exporters_do_to_images_is_read(
        string one,
        string two,
        float[] first,
        float[] second,
        string? told
    )
    {
        using var network = Written(Name);
        Change(model =>
        {
            model.MetadataProps.Clear();
            model.Graph.Node.Single(node => node.Input[0] == "images").Input[0] = "prepared";
            model.Graph.Node.Insert(0, Operator(two, "moved", "second", "prepared"));
            model.Graph.Node.Insert(0, Operator(one, "images", "first", "moved"));
            model.Graph.Initializer.Add(Single("first", first));
            model.Graph.Initializer.Add(Single("second", second));
        });

        var caution = Checkpoint.Load(network, PathOf("network.onnx")).Caution;

        Assert.True(told is null ? caution is null : caution!.Contains(told), caution);
    }

    [Fact]
    public void Ways_that_double_without_end_are_refused()
    {
        using var network = Written(Name);
        Change(model =>
        {
            var nodes = model.Graph.Node;
            var at = nodes.First(node => node.OpType == "Relu").Output[0];
            for (var i = 0; i < 40; i++)
            {
                nodes.Add(
                    new NodeProto
                    {
                        OpType = "Concat",
                        Input = { at, at },
                        Output = { $"twice_{i}" },
                        Attribute =
                        {
                            new AttributeProto { Name = "axis", I = 1 },
                        },
                    }
                );
                at = $"twice_{i}";
            }
        });

        Assert.Contains("the ways to its value 'twice_", Refusal(network));
    }

    [Fact]
    public void Layers_that_are_alike_are_taken_with_what_reads_them()
    {
        WeightedLayer[] ours = [Layer("a"), Layer("b"), Layer("c", 0), Layer("d", 1), Layer("e", 2, 3)];
        WeightedLayer[] theirs = [Layer("A"), Layer("B"), Layer("D", 1), Layer("C", 0), Layer("E", 2, 3)];

        var found = LayerMatch.Find(ours, theirs)!.Select(layer => layer.Weight!).ToArray();

        Assert.Equal<string>(["A", "B", "C", "D", "E"], found);
    }

    [Fact]
    public void What_the_file_has_not_is_not_said_to_be_loaded()
    {
        const string name = "tresnet_nano+norm=evonorm-b0";
        const string kept = "body.layer1.0.conv2.bn.running_var";
        using var network = Written(name);
        using var other = Models.Create(name, 5);
        other.state_dict()[kept].fill_(7);

        var loaded = Checkpoint.Load(other, PathOf("network.onnx")).Loaded;

        Assert.DoesNotContain(kept, loaded);
        Assert.Contains("body.layer1.0.conv1.bn.running_var", loaded);
        Assert.Equal(7, other.state_dict()[kept].max().item<float>());
        Same(network, other);
    }

    private Network Written(string name, int classes = 5)
    {
        var network = Randomised(() => Models.Create(name, classes));
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = true });
        return network;
    }

    private void Change(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf("network.onnx")));
        change(model);
        File.WriteAllBytes(PathOf("network.onnx"), model.ToByteArray());
    }

    private string Refusal(Network network) =>
        Assert.Throws<TResNetException>(() => Checkpoint.Load(network, PathOf("network.onnx"))).Message;

    private static void Same(Network expected, Network loaded)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        loaded.eval();
        var images = Images(2, 64);
        AllNear([expected.call(images)], [loaded.call(images)]);
    }

    private static long Kernel(NodeProto node) => node.Attribute.Single(each => each.Name == "kernel_shape").Ints[0];

    private static WeightedLayer Layer(string weight, params int[] before) =>
        new("same", before.Select(layer => new LayerPath(layer)).ToHashSet()) { Weight = weight };

    private static NodeProto Operator(string type, string x, string y, string result) =>
        new()
        {
            OpType = type,
            Input = { x, y },
            Output = { result },
        };

    private static float[] Singles(TensorProto values) =>
        MemoryMarshal.Cast<byte, float>(values.RawData.Span).ToArray();

    private static TensorProto Single(string name, params float[] values) =>
        new()
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Float,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };

    private static TensorProto Whole(string name, params long[] values) =>
        new()
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Int64,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
        };
}
