using TResNet.Building;
using TResNet.Checkpoints;
using TResNet.Interactive.Formatting;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tests.Commands;

public sealed class WeightCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("weights").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Weights_lists_what_is_published_with_its_address()
    {
        await notebook.RunAsync("tresnet-weights tresnet_m.miil*");

        var view = Assert.IsType<View>(notebook.Displays[0].Value);
        var table = Assert.IsType<Table>(Assert.Single(view.Parts));
        Assert.Equal(
            ["tresnet_m.miil_in21k_ft_in1k", "tresnet_m.miil_in21k", "tresnet_m.miil_in1k", "tresnet_m.miil_in1k_448"],
            table.Rows.Select(row => row[0].Text)
        );
        Assert.Equal("11221", table.Rows[1][1].Text);
        Assert.Equal(
            "https://huggingface.co/timm/tresnet_m.miil_in1k/resolve/main/model.safetensors",
            table.Rows[2][^1].Text
        );
    }

    [Fact]
    public async Task Convert_weights_writes_the_other_format_and_says_what_it_wrote()
    {
        using var network = Models.Create("tresnet_nano", 10);
        var (safetensors, pth) = (PathOf("nano.safetensors"), PathOf("nano.pth"));
        Checkpoint.Save(network, safetensors);

        await notebook.RunAsync($"tresnet-convert-weights {safetensors} {pth}");

        Assert.StartsWith(
            $"{safetensors} (safetensors) to {pth}: {network.state_dict().Count} tensors, ",
            notebook.Displays[0].Value.ToString()
        );
        await notebook.RunAsync($"tresnet-build --model tresnet_nano --num-classes 10 --weights {pth}");
        Assert.True(
            network.state_dict()["head.fc.weight"].Equals(notebook.Get<Network>("model").state_dict()["head.fc.weight"])
        );
    }

    [Fact]
    public async Task Another_number_of_classes_resets_the_classifier_and_says_so()
    {
        using var network = Models.Create("tresnet_nano", 10);
        Checkpoint.Save(network, PathOf("ten.pth"));

        await notebook.RunAsync($"tresnet-build --model tresnet_nano --num-classes 3 --weights {PathOf("ten.pth")}");

        Assert.Contains(
            "the classifier starts afresh (head.fc.weight, head.fc.bias), since the file's is for 10 classes",
            notebook.Displays[0].Value.ToString()
        );
    }

    [Theory]
    [InlineData("tresnet-convert-weights gone.pth out.safetensors", "There is no file gone.pth")]
    [InlineData("tresnet-convert-weights tresnet_m.gone out.safetensors", "there are tresnet_m.miil_in21k_ft_in1k, ")]
    [InlineData("tresnet-weights nothing*", "No published weights' name matches 'nothing*'")]
    [InlineData("tresnet-profile --model tresnet_m resnet50 --weights a.pth", "--weights a.pth is for one network")]
    public async Task Bad_input_is_refused_in_one_sentence(string line, string sentence)
    {
        var refusal = await notebook.RefusalOf(line);

        Assert.Contains(sentence, refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Empty(notebook.Displays);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
