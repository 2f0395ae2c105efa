using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Weights;
using TResNet.Weights.Formats;

namespace TResNet.Tests.Weights;

/// <summary>Weights as the Hugging Face hub has them, with timm's config.json beside them.</summary>
public sealed class HubConfigTests : IDisposable
{
    private const string Config = """
        {
          "architecture": "resnet18",
          "num_classes": 3,
          "num_features": 512,
          "label_names": ["cat", "dog", "hen"],
          "model_args": {"in_chans": 1},
          "pretrained_cfg": {
            "tag": "mine", "custom_load": false, "input_size": [3, 96, 96], "test_input_size": [3, 128, 128], "fixed_input_size": false,
            "interpolation": "bicubic", "crop_pct": 0.95, "crop_mode": "squash", "mean": [0.5, 0.25, 0.125], "std": [0.2, 0.3, 0.4],
            "num_classes": 1000, "pool_size": [3, 3], "first_conv": "conv1", "classifier": "fc", "license": null
          }
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("hub").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("whatever.pth")]
    public void Network_classes_and_images_come_from_the_config_beside_the_weights(string name)
    {
        Write(name, Config);
        using var loaded = Models.Load(PathOf(name));

        Assert.Equal(("resnet18", 3, 1), (loaded.Info.Name, loaded.NumClasses, loaded.InChans));
        Assert.Equal(["cat", "dog", "hen"], loaded.Classes!);
        Assert.Equal((96, 0.95), (loaded.DataConfig.InputSize, loaded.DataConfig.CropPct));
        Assert.Equal(
            (CropMode.Squash, Interpolation.Bicubic),
            (loaded.DataConfig.CropMode, loaded.DataConfig.Interpolation)
        );
        Assert.Equal([0.5, 0.25, 0.125], loaded.DataConfig.Normalize.Mean);
        Assert.Equal([0.2, 0.3, 0.4], loaded.DataConfig.Normalize.Std);
        Assert.Equal("config.json", Checkpoint.Describe(PathOf(name)).SaidBy);
    }

    [Theory]
    [InlineData(
        """{"architecture": "resnet18", "num_classes": 3, "labels": ["a", "b", "c"], "input_size": [1, 64, 64], "mean": [0.5], "std": [0.5]}"""
    )]
    [InlineData(
        """{"architecture": "resnet18", "pretrained_cfg": {"num_classes": 3, "input_size": [1, 64, 64], "mean": [0.5, 0.5, 0.5], "std": [0.5]}, "label_names": {"0": "a", "2": "c", "1": "b"}}"""
    )]
    [InlineData(
        "\ufeff{\"architecture\": \"resnet18\", \"num_classes\": 3, \"label_names\": [\"a\", \"b\", \"c\"], \"pretrained_cfg\": {\"input_size\": [1, 64, 64], \"mean\": [0.5], \"std\": [0.5], \"crop_mode\": null}}"
    )]
    public void Older_forms_mean_the_same(string config)
    {
        Write("model.safetensors", config);
        using var loaded = Models.Load(PathOf("model.safetensors"));

        Assert.Equal(["a", "b", "c"], loaded.Classes!);
        Assert.Equal((1, 64), (loaded.InChans, loaded.DataConfig.InputSize));
        Assert.Equal([0.5, 0.5, 0.5], loaded.DataConfig.Normalize.Mean);
    }

    [Theory]
    [InlineData("{\"architecture\": ", "it is no JSON")]
    [InlineData("{\"architecture\": \"resnet18\", \"pretrained_cfg\": {\"crop_pct\": NaN}}", "it is no JSON")]
    [InlineData("", "it is no JSON")]
    [InlineData("[1]", "it is no JSON object")]
    [InlineData("{\"architecture\": 7}", "architecture is '7', and a name was expected")]
    [InlineData("{\"architecture\": \"resnet18\", \"num_classes\": -1}", "num_classes is '-1'")]
    [InlineData(
        "{\"architecture\": \"resnet18\", \"num_classes\": 3, \"label_names\": [\"a\"]}",
        "label_names has 1 names for 3 classes"
    )]
    [InlineData(
        "{\"architecture\": \"resnet18\", \"num_classes\": 2, \"label_names\": {\"0\": \"a\", \"7\": \"b\"}}",
        "label_names has no name for class 1"
    )]
    [InlineData(
        "{\"architecture\": \"resnet18\", \"pretrained_cfg\": {\"input_size\": \"large\"}}",
        "a part of it is no JSON of the kind"
    )]
    [InlineData(
        "{\"architecture\": \"resnet18\", \"pretrained_cfg\": {\"std\": [0, 1, 1]}}",
        "std is not three numbers above 0"
    )]
    [InlineData(
        "{\"architecture\": \"resnet18\", \"model_args\": {\"act_layer\": \"silu\"}}",
        "model_args has 'act_layer'"
    )]
    public void What_cannot_be_is_one_sentence_and_the_weights_load(string config, string why)
    {
        Write("model.safetensors", config);
        using var network = Models.Create("resnet18", 3, 1);
        var loaded = Checkpoint.Load(network, PathOf("model.safetensors"));

        var fault = loaded.Description.Fault!;
        Assert.StartsWith(
            $"What {PathOf("config.json")} says of the weights beside it cannot be used and was passed over (",
            fault
        );
        Assert.Contains(why, fault, StringComparison.Ordinal);
        Assert.Contains(
            why,
            Assert.Throws<TResNetException>(() => Models.Load(PathOf("model.safetensors"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_programs_config_and_one_beside_several_files_say_nothing()
    {
        Write("model.safetensors", """{"architectures": ["ResNetForImageClassification"], "model_type": "resnet"}""");
        Assert.True(Checkpoint.Describe(PathOf("model.safetensors")) is { IsEmpty: true, Fault: null });

        Write("one.safetensors", Config);
        Assert.True(Checkpoint.Describe(PathOf("one.safetensors")).IsEmpty);
        Assert.Equal("resnet18", Checkpoint.Describe(PathOf("model.safetensors")).Architecture);
    }

    [Fact]
    public void What_a_file_says_of_itself_goes_before()
    {
        Write("model.safetensors", Config);
        using var other = Models.Create("tresnet_nano", 2);
        other.Save(PathOf("model.safetensors"));

        Assert.Equal("tresnet_nano", Checkpoint.Describe(PathOf("model.safetensors")).Architecture);
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private void Write(string name, string config)
    {
        using var network = Models.Create("resnet18", 3, 1);
        var write = CheckpointFile.WriterFor(name.EndsWith(".bin", StringComparison.Ordinal) ? "a.pth" : name);
        using (var output = File.Create(PathOf(name)))
        {
            write(output, [.. network.state_dict().Select(p => TensorSource.Of(p.Key, p.Value))]);
        }

        File.WriteAllText(PathOf("config.json"), config);
    }
}
