using System.Text.Json;
using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Weights;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.PyTorch;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

/// <summary>What weights are of, in their file.</summary>
public sealed class WeightsDescriptionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("described").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.safetensors")]
    [InlineData("a.pth")]
    public void A_file_brings_back_the_network_with_its_switches_classes_and_images(string name)
    {
        using var network = Trained();
        network.Save(PathOf(name));

        using var loaded = Models.Load(PathOf(name));

        Assert.Equal(network.Architecture, loaded.Architecture);
        Assert.Equal(["rosé", "\"tulip\"\n"], loaded.Classes!);
        Assert.Equal(network.DataConfig, loaded.DataConfig);
        Assert.Equal((true, 0.3, 1), (loaded.MultiLabel, loaded.Threshold, loaded.InChans));
        Assert.Equal("runs-7", loaded.Provenance["run"]);
        Assert.StartsWith("TResNet Notebooks ", loaded.Provenance["software"], StringComparison.Ordinal);
        Assert.False(loaded.training);
        var (before, after) = (network.state_dict(), loaded.state_dict());
        Assert.All(before, pair => Assert.True(pair.Value.Equals(after[pair.Key])));
    }

    [Fact]
    public void The_names_are_those_of_timms_config()
    {
        using var network = Trained();
        network.Save(PathOf("a.safetensors"));

        using var file = CheckpointFile.Open(PathOf("a.safetensors"));
        Assert.Equal("tresnet_nano + attention=eca", file.Metadata["architecture"]);
        Assert.Equal("2", file.Metadata["num_classes"]);
        Assert.Equal(["rosé", "\"tulip\"\n"], JsonSerializer.Deserialize<string[]>(file.Metadata["label_names"])!);
        Assert.Equal(
            """{"input_size":[1,64,64],"mean":[0.1,0.2,0.3],"std":[0.5,0.25,1],"crop_pct":0.9,"crop_mode":"border","interpolation":"bilinear"}""",
            file.Metadata["pretrained_cfg"]
        );
    }

    [Fact]
    public void Conversions_keep_what_a_file_says_but_for_the_format_that_has_no_place()
    {
        using var network = Trained();
        network.Save(PathOf("a.safetensors"));
        Checkpoint.Convert(PathOf("a.safetensors"), PathOf("b.pth"));
        Checkpoint.Convert(PathOf("b.pth"), PathOf("c.safetensors"));
        Assert.Equal(
            Checkpoint.Describe(PathOf("a.safetensors")).ToMetadata(),
            Checkpoint.Describe(PathOf("c.safetensors")).ToMetadata()
        );

        Checkpoint.Convert(PathOf("b.pth"), PathOf("d.dat"));
        Assert.True(Checkpoint.Describe(PathOf("d.dat")).IsEmpty);
        var error = Assert.Throws<TResNetException>(() => Models.Load(PathOf("d.dat")));
        Assert.Contains("does not say which network it is of", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pretrained_cfg", "{{{", "no JSON")]
    [InlineData("pretrained_cfg", """{"mean":[0.5,0.5]}""", "mean is not three")]
    [InlineData("pretrained_cfg", """{"std":[1,1,0]}""", "std is not three numbers above 0")]
    [InlineData("pretrained_cfg", """{"std":[1,1,1e999]}""", "std is not three numbers above 0")]
    [InlineData("pretrained_cfg", """{"input_size":[3,64]}""", "input_size is [3, 64]")]
    [InlineData("pretrained_cfg", """{"input_size":[3,0,64]}""", "input_size is [3, 0, 64]")]
    [InlineData("pretrained_cfg", """{"crop_pct":7}""", "crop_pct is 7")]
    [InlineData("pretrained_cfg", """{"crop_mode":"zoom"}""", "crop_mode is 'zoom'")]
    [InlineData("pretrained_cfg", """{"interpolation":"3"}""", "interpolation is '3'")]
    [InlineData("label_names", """["one"]""", "1 names for 2 classes")]
    [InlineData("label_names", """["one", null]""", "a class without a name")]
    [InlineData("label_names", """{"one": 1}""", "no JSON")]
    [InlineData("num_classes", "-2", "num_classes is '-2'")]
    [InlineData("num_classes", "99999999999999", "num_classes is '99999999999999'")]
    [InlineData("threshold", "NaN", "threshold is 'NaN'")]
    [InlineData("thresholds", "[0.5]", "thresholds has not one number")]
    [InlineData("thresholds", "[0.5, 1.5]", "thresholds has not one number")]
    [InlineData("multi_label", "perhaps", "perhaps")]
    public void What_is_damaged_is_a_sentence_and_the_weights_load(string key, string word, string said)
    {
        using var network = Trained();
        var metadata = new Dictionary<string, string>(WeightsDescription.Of(network).ToMetadata()) { [key] = word };
        var write = CheckpointFile.WriterFor(PathOf("a.pth"), metadata);
        using (var output = File.Create(PathOf("a.pth")))
        {
            write(output, [.. network.state_dict().Select(p => TensorSource.Of(p.Key, p.Value))]);
        }

        using var other = Models.Describe("tresnet_nano + attention=eca").Build(2, 1);
        var loaded = Checkpoint.Load(other, PathOf("a.pth"));

        Assert.Contains(
            $"What {PathOf("a.pth")} says of itself is damaged",
            loaded.ToString(),
            StringComparison.Ordinal
        );
        Assert.Contains(said, loaded.ToString(), StringComparison.Ordinal);
        Assert.Null(other.Classes);
        Assert.Equal(32, other.DataConfig.InputSize);
        Assert.Contains(
            said,
            Assert.Throws<TResNetException>(() => Models.Load(PathOf("a.pth"))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nothing_known", "There is no model 'nothing_known'")]
    [InlineData("tresnet_m + changes", "tresnet_m has no switch 'changes'")]
    public void A_network_that_no_name_describes_is_a_sentence(string name, string said)
    {
        using var network = Trained();
        var description = WeightsDescription.Of(network) with { Architecture = name };
        var message = Assert.Throws<TResNetException>(() => description.Build("a.pth")).Message;
        Assert.StartsWith(
            $"a.pth is of '{name}', which cannot be built by its name",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(said, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_that_starts_afresh_does_not_take_the_names_of_others()
    {
        using var network = Trained();
        network.Save(PathOf("a.pth"));
        using var three = Models.Describe("tresnet_nano + attention=eca").Build(3, 1);
        Checkpoint.Load(three, PathOf("a.pth"), resetClassifier: true);
        Assert.Null(three.Classes);
        Assert.Equal(64, three.DataConfig.InputSize);

        Checkpoint.Load(network, PathOf("a.pth"));
        network.reset_classifier(4);
        Assert.Null(network.Classes);
    }

    [FactIfPyTorch]
    public void Torch_load_with_weights_only_keeps_it_beside_the_tensors_and_loads_them()
    {
        using var network = Trained();
        network.Save(PathOf("a.pth"));
        const string Read = """
            import sys, json, torch
            state = torch.load(sys.argv[1], weights_only=True)
            module = torch.nn.ParameterDict({k.replace('.', '/'): torch.nn.Parameter(torch.zeros_like(v), requires_grad=False) for k, v in state.items()})
            copy = type(state)((k.replace('.', '/'), v) for k, v in state.items())
            copy.__dict__.update(state.__dict__)
            print(json.dumps([state._config, str(module.load_state_dict(copy)), len(state)]))
            """;
        using var answer = JsonDocument.Parse(FactIfPyTorchAttribute.Run(["-c", Read, PathOf("a.pth")]));
        Assert.Equal("tresnet_nano + attention=eca", answer.RootElement[0].GetProperty("architecture").GetString());
        Assert.Equal("<All keys matched successfully>", answer.RootElement[1].GetString());
        Assert.Equal(network.state_dict().Count, answer.RootElement[2].GetInt32());
        Assert.Equal("_config", StateDict.Attribute);
    }

    private static Network Trained()
    {
        manual_seed(5);
        var network = Models.Describe("tresnet_nano + attention=eca").Build(2, 1);
        network.Classes = ["rosé", "\"tulip\"\n"];
        network.MultiLabel = true;
        network.Threshold = 0.3;
        network.Provenance = new Dictionary<string, string> { ["run"] = "runs-7" };
        network.DataConfig = new DataConfig(
            64,
            0.9,
            CropMode.Border,
            Interpolation.Bilinear,
            Normalize.Of([0.1, 0.2, 0.3], [0.5, 0.25, 1])
        );
        return network;
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
