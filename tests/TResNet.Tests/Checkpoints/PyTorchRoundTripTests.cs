using System.Text.Json;
using TorchSharp;
using TResNet.Building;
using TResNet.Checkpoints;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

/// <summary>Files from the real PyTorch and for it; fixtures/state_dicts.py is its side.</summary>
public sealed class PyTorchRoundTripTests(PyTorchRoundTripTests.WrittenFiles files)
    : IClassFixture<PyTorchRoundTripTests.WrittenFiles>
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "fixtures", "state_dicts.py");

    [FactIfPyTorch]
    public void Every_element_type_comes_over_exactly_from_both_of_torch_saves_formats()
    {
        foreach (var type in new[] { "float32", "float16", "bfloat16", "float64" })
        {
            files.AssertReadsAsExpected($"zip_{type}");
            files.AssertReadsAsExpected($"legacy_{type}");
        }
    }

    [FactIfPyTorch]
    public void Transposed_sliced_shared_empty_and_integer_tensors_come_over_exactly()
    {
        files.AssertReadsAsExpected("views");
        files.AssertReadsAsExpected("views_legacy");
    }

    [FactIfPyTorch]
    public void Parameters_and_newer_pickle_protocols_are_read()
    {
        files.AssertReadsAsExpected("parameters");
        files.AssertReadsAsExpected("protocol4");
    }

    [FactIfPyTorch]
    public void A_training_checkpoint_gives_its_state_dict_and_the_averaged_one_if_there_is_one()
    {
        Assert.Equal("PyTorch, under 'state_dict'", files.AssertReadsAsExpected("training"));
        Assert.Equal("PyTorch, under 'state_dict'", files.AssertReadsAsExpected("training_legacy"));
        Assert.Equal("PyTorch, under 'state_dict_ema'", files.AssertReadsAsExpected("averaged"));
        Assert.Equal("PyTorch, under 'model'", files.AssertReadsAsExpected("under_model"));
    }

    [FactIfPyTorch]
    public void What_is_no_tensor_is_not_needed()
    {
        Assert.Equal("PyTorch, under 'state_dict'", files.AssertReadsAsExpected("namespace"));
        foreach (var protocol in new[] { "2", "3", "4", "5", "legacy" })
        {
            Assert.Equal("PyTorch, under 'model'", files.AssertReadsAsExpected($"beside_{protocol}"));
        }
    }

    [FactIfPyTorch]
    public void A_module_that_was_saved_whole_gives_its_state_dict()
    {
        files.AssertReadsAsExpected("module");
        files.AssertReadsAsExpected("module_legacy");
        files.AssertReadsAsExpected("module_parallel");
    }

    [FactIfPyTorch]
    public void A_tensor_that_repeats_its_elements_is_refused() =>
        files.AssertRefused("expanded", "'weight' reaches beyond its storage, which has 1 elements");

    [FactIfPyTorch]
    public void A_parallel_networks_half_precision_checkpoint_loads_into_a_single_precision_network()
    {
        using var network = Network();
        var result = Checkpoint.Load(network, files.PathOf("training"));
        Assert.Equal(7, result.Loaded.Count);
        Assert.Equal("module.conv.weight", result.Renamed["conv.weight"]);

        result = Checkpoint.Load(network, files.PathOf("zip_bfloat16"));
        Assert.Equal([ScalarType.BFloat16], result.ConvertedFrom);
        var state = network.state_dict();
        Assert.Equal(ScalarType.Float32, state["conv.weight"].dtype);
        Assert.Equal(70_000_000_000, state["bn.num_batches_tracked"].item<long>());
        using var file = CheckpointFile.Open(files.PathOf("zip_bfloat16"));
        using var stored = TensorStreaming.Read(file, "conv.weight");
        Assert.True(stored.to(ScalarType.Float32).Equals(state["conv.weight"]));
    }

    [FactIfPyTorch]
    public void What_is_written_here_opens_in_torch_load_with_weights_only()
    {
        var random = new Random(3);
        var paths = new List<string>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float64 })
        {
            using var network = Network().to(type);
            network.get_buffer("bn.num_batches_tracked")?.fill_(random.NextInt64());
            paths.Add(Path.Combine(files.Folder, $"ours_{type}.pth"));
            Checkpoint.Save(network, paths[^1]);
        }

        paths.Add(Path.Combine(files.Folder, "ours_views.pth"));
        Checkpoint.Convert(files.PathOf("views"), paths[^1]);
        using var read = JsonDocument.Parse(FactIfPyTorchAttribute.Run([Script, "read", .. paths]));
        foreach (var path in paths)
        {
            using var file = CheckpointFile.Open(path);
            AssertSame(read.RootElement.GetProperty(path), file);
        }
    }

    private static nn.Module Network() => nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("bn", nn.BatchNorm2d(4)));

    private static void AssertSame(JsonElement expected, ITensorFile file)
    {
        Assert.Equal(expected.EnumerateObject().Select(t => t.Name), file.Entries.Keys);
        foreach (var tensor in expected.EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var actual = TensorStreaming.Read(file, tensor.Name);
            var type = tensor.Value.GetProperty("type").GetString();
            Assert.Equal(type == "uint8" ? "byte" : type, actual.dtype.ToString().ToLowerInvariant());
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(l => l.GetInt64()), actual.shape);
            Assert.Equal(
                tensor.Value.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()),
                actual.to(ScalarType.Float64).flatten().data<double>().ToArray()
            );
        }
    }

    /// <summary>What torch.save wrote, once for all tests.</summary>
    public sealed class WrittenFiles : IDisposable
    {
        private readonly Lazy<JsonDocument> expected;

        public WrittenFiles() =>
            expected = new(() =>
            {
                FactIfPyTorchAttribute.Run(Script, "write", Folder);
                return JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
            });

        internal string Folder { get; } = Directory.CreateTempSubdirectory("pytorch").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        internal string PathOf(string name)
        {
            _ = expected.Value;
            return Path.Combine(Folder, name + ".pth");
        }

        internal string AssertReadsAsExpected(string name)
        {
            using var file = CheckpointFile.Open(PathOf(name));
            AssertSame(expected.Value.RootElement.GetProperty(name), file);
            return file.Format;
        }

        internal void AssertRefused(string name, string reason)
        {
            var error = Assert.Throws<TResNetException>(() => CheckpointFile.Open(PathOf(name)).Dispose());
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }
}
