using System.Reflection;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Tests.Training;
using TResNet.Training;
using TResNet.Weights;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>Weights come back out of ONNX models, by their names or by the graph.</summary>
public sealed class ReadingTests : ExportFolder
{
    // Its last stage has a block more than the paper's.
    private const string Network18 = "resnet18+depths=2,2,2,3";

    private static readonly string ResNet18 = typeof(ReadingTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(each => each.Key == "ResNet18")
        .Value!;

    [Theory]
    [InlineData("tresnet_nano+attention=coord+head=ml-decoder")]
    [InlineData("resnetv2_50d_evob")]
    [InlineData("cecaresnet50d")]
    public void What_was_written_is_loaded_to_the_same_bits(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(name, 5));
        network.Classes = ["a", "b", "c", "d", "e"];
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { InputScale = 255, TensorRTFriendly = true });

        using var loaded = Models.Load(PathOf("network.onnx"));

        Assert.Equal(network.Info.Name, loaded.Info.Name);
        Assert.Equal(network.Classes, loaded.Classes);
        var state = loaded.state_dict();
        Assert.All(
            network.state_dict().Where(each => !each.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)),
            each => Assert.True(each.Value.Equals(state[each.Key]), each.Key)
        );
    }

    // Switches of training, or of probabilities.
    private static readonly string[] WithoutWeights = ["drop-rate", "dropout-samples", "drop-path", "multi-label"];

    /// <summary>Networks of each family, or all, and every choice of every switch.</summary>
    public static TheoryData<string> Networks =>
        [
            .. NetworkTests.WholeList
                ??
                [
                    "tresnet_m+depths=1,1,1,1",
                    "resnet50d+depths=1,1,1,1",
                    "resnext50_32x4d+depths=1,1,1,1",
                    "seresnet50+depths=1,1,1,1",
                    "resnetblur50+depths=1,1,1,1",
                    "cecaresnet50d+depths=1,1,1,1",
                    "skresnet50+depths=1,1,1,1",
                    "resnest50d+depths=1,1,1,1",
                    "resnetv2_50+depths=1,1,1,1",
                    "resnetv2_50d_evos+depths=1,1,1,1",
                    "resnetv2_50d_evob+depths=1,1,1,1",
                    "regnety_002",
                    "efficientnet_b0",
                    "mobilenetv2_100",
                    "mnasnet_100",
                    "mixnet_s",
                    "tresnet_nano+norm=evonorm-s0+attention=coord+head=ml-decoder",
                    "mixnet_s+head=ml-decoder",
                ],
            .. NetworkTests.VariantNames.Where(name => !WithoutWeights.Any(name.Contains)),
        ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Weights_without_names_are_found_by_the_graph(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(name, 30));
        var images = Images(2, 64);
        var expected = network.call(images);
        foreach (var fold in new[] { false, true })
        {
            network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = fold, InputScale = 255 });

            using var loaded = Models.Load(WithoutNames("network.onnx"));

            AllNear([expected], [loaded.call(images)], what: name);
            Assert.Null(Checkpoint.Load(loaded, PathOf("nameless.onnx")).Caution);
        }
    }

    [Theory]
    [InlineData(13, ComputeType.Float32)]
    [InlineData(21, ComputeType.BFloat16)]
    public void Each_version_of_the_operators_is_read_without_names(int opset, ComputeType precision)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() =>
            Models.Create("tresnet_nano+norm=evonorm-b0+attention=ceca+head=ml-decoder+num-of-groups=3", 30)
        );
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Opset = opset, Precision = precision });

        using var loaded = Models.Load(WithoutNames("network.onnx"));

        var images = Images(2, 64);
        AllNear([network.call(images)], [loaded.call(images)], precision == ComputeType.Float32 ? 1e-4 : 0.05);
    }

    [Theory]
    [InlineData(ComputeType.Float16, 0.01)]
    [InlineData(ComputeType.BFloat16, 0.03)]
    public void Weights_of_other_types_are_read(ComputeType precision, double relative)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 5));
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Precision = precision });
        using var loaded = Models.Load(PathOf("network.onnx"));
        var images = Images(2, 32);
        AllNear([network.call(images)], [loaded.call(images)], relative);
    }

    [Fact]
    public void Weights_beside_the_model_are_read_and_missed_where_they_are_not_there()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("tresnet_nano", 5));
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { MostBytesInside = 1000 });
        using (var loaded = Models.Load(PathOf("network.onnx")))
        {
            var images = Images(2, 32);
            AllNear([network.call(images)], [loaded.call(images)], 1e-6);
        }

        File.Move(PathOf("network.onnx.data"), PathOf("elsewhere.data"));
        Assert.Contains(
            "'network.onnx.data' beside it, which is not there: copy that file too.",
            Refusal("network.onnx")
        );
        Change("network.onnx", "../elsewhere.data");
        Assert.Contains("which is not beside it", Refusal("network.onnx"));
        Change("network.onnx", "/etc/passwd");
        Assert.Contains("which is not beside it", Refusal("network.onnx"));
    }

    [Fact]
    public void Another_classifier_and_none_begin_afresh_where_that_is_asked_for()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("resnet18", 5));
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = true });
        using var other = Models.Create("resnet18", 7);
        Assert.Contains(
            "fc.weight",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(other, PathOf("network.onnx"))).Message
        );
        var loaded = Checkpoint.Load(other, PathOf("network.onnx"), resetClassifier: true);
        Assert.Equal(["fc.weight", "fc.bias"], loaded.Reset);
        Assert.Equal("ONNX, by its graph", loaded.Format);
        network.reset_classifier(0);
        other.reset_classifier(0);
        other.eval();
        var images = Images(2, 64);
        AllNear([network.call(images)], [other.call(images)]);
    }

    [Fact]
    public void Another_network_and_a_damaged_file_are_refused_in_a_sentence()
    {
        using var network = Models.Create("resnet18", 5);
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = true });
        using var other = Models.Create("resnet34", 5);
        Assert.Contains(
            "have other names, and by its graph it is no resnet34: it has nothing in the place of 'layer1",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(other, PathOf("network.onnx"))).Message
        );
        Assert.Contains(
            "have no names",
            Assert
                .Throws<TResNetException>(() =>
                    Checkpoint.Convert(WithoutNames("network.onnx"), PathOf("x.safetensors"))
                )
                .Message
        );
        var bytes = File.ReadAllBytes(PathOf("network.onnx"));
        foreach (var length in new[] { 1, 100, 5000, bytes.Length / 2 })
        {
            File.WriteAllBytes(PathOf("short.onnx"), bytes[..length]);
            Assert.Contains("short.onnx", Refusal("short.onnx"));
        }

        var model = ModelProto.Parser.ParseFrom(bytes);
        model.Graph.Initializer[0].Dims[0]++;
        File.WriteAllBytes(PathOf("long.onnx"), Google.Protobuf.MessageExtensions.ToByteArray(model));
        Assert.Contains("bytes where", Refusal("long.onnx"));
        model.Graph.Initializer[0].Dims[0] = -3;
        File.WriteAllBytes(PathOf("negative.onnx"), Google.Protobuf.MessageExtensions.ToByteArray(model));
        Assert.Contains("has the shape [-3", Refusal("negative.onnx"));
    }

    [Fact]
    public void A_file_with_a_changed_byte_loads_or_is_refused_in_a_sentence()
    {
        // Of the operators, which stand first, and of names and shapes between the weights.
        const int operators = 12_000;
        using var network = Models.Create("tresnet_nano", 5);
        network.ToOnnx(PathOf("network.onnx"), new OnnxOptions { Fold = true });
        var bytes = File.ReadAllBytes(WithoutNames("network.onnx"));
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 150; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[random.Next(operators)] = (byte)random.Next(256);
            File.WriteAllBytes(PathOf("changed.onnx"), changed);
            try
            {
                Checkpoint.Load(network, PathOf("changed.onnx"));
            }
            catch (TResNetException sentence)
            {
                refused++;
                Assert.Contains("changed.onnx", sentence.Message);
                Assert.DoesNotContain('\n', sentence.Message);
            }
        }

        Assert.InRange(refused, 1, 149);
    }

    [Fact]
    public void A_trained_network_of_another_toolkit_gives_the_same_features()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create(Network18, 5);
        network.reset_classifier(0);
        Assert.Null(Checkpoint.Load(network, ResNet18).Caution);
        network.eval();
        using var session = new OnnxSession(ResNet18);

        // Colours from 0 to 255 less their mean, as it was trained.
        var image = rand([1, 3, 224, 224], generator: new Generator(1)) * 255 - 120;
        AllNear([network.call(image)], [session.Run(image)[0].flatten(1)]);
    }

    [Fact]
    public void A_trained_network_of_another_toolkit_learns_from_a_few_images()
    {
        manual_seed(1);
        using var network = Models.Create(Network18, 10);
        Checkpoint.Load(network, ResNet18, resetClassifier: true);
        using (no_grad())
        {
            // It was trained on colours from 0 to 255.
            network.get_parameter("conv1.weight")!.mul_(byte.MaxValue);
        }

        var train = FashionMnist.Load(FashionMnistSplit.Train).First(400).FitTo(3, 64, 64);
        var validation = FashionMnist.Load(FashionMnistSplit.Validation).First(100).FitTo(3, 64, 64);
        // Larger rates come to an end that each processor's rounding decides.
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 20,
            LearningRate = 0.003,
        };
        var run = new Trainer(network, train, validation, options).Fit();
        Assert.InRange(run.Best!.Top1, 0.6, 1);
    }

    // As exporters leave them that fold and count: names that say nothing, and in another order, that of operators which do not read each other included.
    private string WithoutNames(string name)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(name)));
        var random = new Random(1);
        var tensors = model.Graph.Initializer.ToArray();
        random.Shuffle(tensors);
        var names = tensors
            .Select((tensor, i) => (tensor.Name, New: $"onnx::Conv_{i}"))
            .ToDictionary(each => each.Name, each => each.New);
        foreach (var tensor in tensors)
        {
            tensor.Name = names[tensor.Name];
        }

        foreach (var node in model.Graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = names.GetValueOrDefault(node.Input[i], node.Input[i]);
            }
        }

        var nodes = Shuffled([.. model.Graph.Node], [.. names.Values, "images"], random);
        model.Graph.Initializer.Clear();
        model.Graph.Initializer.AddRange(tensors);
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(nodes);
        File.WriteAllBytes(PathOf("nameless.onnx"), Google.Protobuf.MessageExtensions.ToByteArray(model));
        return PathOf("nameless.onnx");
    }

    // Any order in which they can be computed.
    private static List<NodeProto> Shuffled(List<NodeProto> left, HashSet<string> known, Random random)
    {
        var result = new List<NodeProto>();
        while (left.Count > 0)
        {
            var ready = left.Where(node => node.Input.All(known.Contains)).ToList();
            var next = ready[random.Next(ready.Count)];
            left.Remove(next);
            known.Add(next.Output[0]);
            result.Add(next);
        }

        return result;
    }

    private void Change(string name, string location)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(PathOf(name)));
        foreach (var tensor in model.Graph.Initializer.Where(each => each.ExternalData.Count > 0))
        {
            tensor.ExternalData[0].Value = location;
        }

        File.WriteAllBytes(PathOf(name), Google.Protobuf.MessageExtensions.ToByteArray(model));
    }

    private string Refusal(string name)
    {
        using var network = Models.Create("resnet18", 5);
        return Assert.Throws<TResNetException>(() => Checkpoint.Load(network, PathOf(name))).Message;
    }
}
