using TorchSharp;
using TResNet.Checkpoints;
using TResNet.Compute;
using TResNet.Files;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

public sealed class LoadingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("loading").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".pth")]
    public void A_head_of_another_size_starts_afresh_when_asked_and_is_told(string ending)
    {
        var path = PathOf("ten" + ending);
        using var ten = Models.Create("tresnet_nano", 10);
        using var five = Models.Create("tresnet_nano", 5);
        Checkpoint.Save(ten, path);
        Assert.Throws<TResNetException>(() => Checkpoint.Load(five, path));

        using (no_grad())
        {
            five.get_parameter("head.fc.bias")!.fill_(9);
        }

        var result = Checkpoint.Load(five, path, resetClassifier: true);
        Assert.Equal(["head.fc.weight", "head.fc.bias"], result.Reset);
        Assert.Equal(10, result.ClassesInFile);
        Assert.EndsWith(
            "; the classifier starts afresh (head.fc.weight, head.fc.bias), since the file's is for 10 classes.",
            result.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, five.get_parameter("head.fc.bias")!.abs().sum().ToDouble());
        Assert.True(ten.state_dict()["body.conv1.conv.weight"].Equals(five.state_dict()["body.conv1.conv.weight"]));
    }

    [Fact]
    public void A_head_of_the_same_size_is_loaded_even_where_a_reset_is_allowed()
    {
        var path = PathOf("same.pth");
        using var saved = Models.Create("tresnet_nano", 10);
        using var loaded = Models.Create("tresnet_nano", 10);
        Checkpoint.Save(saved, path);
        var result = Checkpoint.Load(loaded, path, resetClassifier: true);
        Assert.Empty(result.Reset);
        Assert.Null(result.ClassesInFile);
        Assert.True(saved.state_dict()["head.fc.weight"].Equals(loaded.state_dict()["head.fc.weight"]));
        Assert.Equal($"same.pth (PyTorch): {saved.state_dict().Count} tensors loaded.", result.ToString());
    }

    [Fact]
    public void Another_models_file_is_refused_even_where_a_reset_is_allowed()
    {
        var path = PathOf("resnet18.pth");
        using var other = Models.Create("resnet18", 10);
        using var network = Models.Create("tresnet_nano", 5);
        Checkpoint.Save(other, path);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path, resetClassifier: true));
        Assert.Contains("is a checkpoint of another model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deep_stems_names_are_not_taken_for_official_ones()
    {
        var path = PathOf("stem.pth");
        using var saved = DeepStem();
        using var loaded = DeepStem();
        Checkpoint.Save(saved, path);
        Assert.Empty(Checkpoint.Load(loaded, path).Renamed);
        Assert.True(saved.state_dict()["conv1.0.weight"].Equals(loaded.state_dict()["conv1.0.weight"]));

        static nn.Module DeepStem() =>
            nn.Sequential(("conv1", nn.Sequential(("0", nn.Conv2d(3, 4, 3)), ("1", nn.BatchNorm2d(4)))));
    }

    [Fact]
    public void Half_precision_networks_load_single_precision_files_and_the_other_way_round()
    {
        var path = PathOf("single.safetensors");
        using var single = nn.Linear(3000, 700);
        Checkpoint.Save(single, path);
        using var half = nn.Linear(3000, 700).to(ScalarType.BFloat16);
        Assert.Equal([ScalarType.Float32], Checkpoint.Load(half, path).ConvertedFrom);
        Assert.True(single.weight!.to(ScalarType.BFloat16).Equals(half.weight!));

        Checkpoint.Save(half, path);
        Checkpoint.Load(single, path);
        Assert.True(single.weight!.Equals(half.weight!.to(ScalarType.Float32)));
    }

    [Fact]
    public void Weights_in_channels_last_order_are_filled_and_saved_in_row_major_order()
    {
        var path = PathOf("order.pth");
        using var saved = nn.Conv2d(8, 4, 3);
        using var reordered = nn.Conv2d(8, 4, 3);
        Checkpoint.Save(saved, path);
        MemoryFormat.ToChannelsLast(reordered);
        Assert.False(reordered.weight!.is_contiguous());
        Checkpoint.Load(reordered, path);
        Assert.True(saved.weight!.Equals(reordered.weight!));
        Checkpoint.Save(reordered, PathOf("again.pth"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(PathOf("again.pth")));
    }

    [Fact]
    public void A_converted_checkpoint_is_the_same_in_the_other_format_and_back()
    {
        using var network = Models.Create("tresnet_nano", 10);
        Checkpoint.Save(network, PathOf("a.safetensors"));
        var result = Checkpoint.Convert(PathOf("a.safetensors"), PathOf("b.pth"));
        Assert.Equal((network.state_dict().Count, 0), (result.Tensors, result.Renamed));
        Checkpoint.Convert(PathOf("b.pth"), PathOf("c.safetensors"));
        Assert.Equal(File.ReadAllBytes(PathOf("a.safetensors")), File.ReadAllBytes(PathOf("c.safetensors")));
    }

    [Fact]
    public void Converting_to_no_format_or_onto_itself_is_refused()
    {
        using var linear = nn.Linear(2, 2);
        Checkpoint.Save(linear, PathOf("a.pth"));
        Says(
            "ends in '.onnx': end it in .safetensors, in .pth or .pt for PyTorch, or in .dat",
            () => Checkpoint.Convert(PathOf("a.pth"), PathOf("a.onnx"))
        );
        Says("would be read and written at once", () => Checkpoint.Convert(PathOf("a.pth"), PathOf("a.pth")));
        Says("ends in no format's name", () => Checkpoint.Save(linear, PathOf("weights")));
    }

    [Fact]
    public void An_official_state_dict_converts_to_timms_names_and_weights()
    {
        TensorSource[] official =
        [
            TensorSource.Of("module.body.conv1.0.weight", ones(1)),
            TensorSource.Of("module.body.conv1.1.weight", tensor([-0.5f, 0.25f])),
            TensorSource.Of("module.body.layer2.0.conv1.1.op.filt", ones(1)),
        ];
        var write = CheckpointFile.WriterFor("official.pth");
        AtomicFile.Write(PathOf("official.pth"), stream => write(stream, official));
        var result = Checkpoint.Convert(PathOf("official.pth"), PathOf("timm.safetensors"));
        Assert.Equal((2, 2), (result.Tensors, result.Renamed));
        Assert.Equal(["module.body.layer2.0.conv1.1.op.filt"], result.Skipped);
        using var file = CheckpointFile.Open(PathOf("timm.safetensors"));
        Assert.Equal(["body.conv1.conv.weight", "body.conv1.bn.weight"], file.Entries.Keys);
        using var weight = TensorStreaming.Read(file, "body.conv1.bn.weight");
        Assert.Equal([0.50001f, 0.25001f], weight.data<float>().ToArray());
    }

    [Theory]
    [InlineData(".pth")]
    [InlineData(".safetensors")]
    public void The_largest_network_loads_with_little_more_memory_than_its_weights(string ending)
    {
        const double allowed = 0.3;
        var path = PathOf("xl" + ending);
        using var network = Models.Create("tresnet_xl");
        Checkpoint.Save(network, path);
        var size = network.state_dict().Values.Sum(t => t.numel() * t.ElementSize);
        GC.Collect();
        ResidentMemory.ForgetPeak();
        var before = ResidentMemory.Peak;
        Assert.True(before > size, "The network itself is resident.");
        Checkpoint.Load(network, path);

        // The kernel counts in batches for each thread, so that no growth can read as a little less than none.
        var grown = ResidentMemory.Peak - before;
        Assert.True(grown <= allowed * size, $"Loading {size} bytes took {grown} more.");
    }

    private static void Says(string part, Action action) =>
        Assert.Contains(part, Assert.Throws<TResNetException>(action).Message, StringComparison.Ordinal);

    private string PathOf(string name) => Path.Combine(folder, name);
}
