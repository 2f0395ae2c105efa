using TResNet.Building;
using TResNet.Interactive.Tables;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Networks for other programs.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("export").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_written_and_shown_with_what_it_takes_and_how_to_run_it()
    {
        using var network = Models.Create("tresnet_nano", 10);
        network.Save(PathOf("nano.safetensors"));

        await notebook.RunAsync(
            $"tresnet-export {PathOf("nano.onnx")} --weights {PathOf("nano.safetensors")} --height dynamic --softmax --input-scale"
        );

        var view = Assert.IsType<View>(notebook.Displays[^1].Value);
        var table = view.Parts.OfType<Table>().Single().Rows.ToDictionary(row => row[0].Text, row => row[1].Text);
        Assert.Equal("17", table["opset"]);
        Assert.Equal("images [batch, 3, height, 32]", table["input"]);
        Assert.Equal("probabilities [batch, 10]", table["output"]);
        Assert.Contains("Images: Red, green and blue, 0 to 255.", view.Parts);
        Assert.Contains("Sides are multiples of 2, from 16 pixels on.", view.Parts);
        Assert.Equal(
            ["C#", "Python", "A browser"],
            view.Parts.OfType<CodeBlock>().Select(code => code.Title.Split(',')[0])
        );
        Assert.All(view.Parts.OfType<CodeBlock>(), code => Assert.Contains("nano.onnx", code.Code));
        Assert.DoesNotContain(notebook.Displays, shown => shown.Value.ToString()!.Contains("weights are fresh"));
        Assert.True(File.Exists(PathOf("nano.onnx")));
    }

    [Fact]
    public async Task A_variable_is_exported_whole_and_for_its_feature_maps_and_stays_as_it_is()
    {
        using var network = Models.Create("tresnet_nano", 10);
        notebook.SetVariable("model", network);
        var names = network.state_dict().Keys.ToArray();

        await notebook.RunAsync($"tresnet-export {PathOf("m.onnx")}");
        await notebook.RunAsync($"tresnet-export {PathOf("f.onnx")} --model model --features-only --out-indices 0 -1");

        var table = Assert.IsType<View>(notebook.Displays[^1].Value).Parts.OfType<Table>().Single();
        Assert.Equal(
            ["features_0 [batch, 16, 16, 16]", "features_1 [batch, 256, 2, 2]"],
            table.Rows.Where(row => row[0].Text == "output").Select(row => row[1].Text)
        );
        Assert.Equal(names, network.state_dict().Keys);
        Assert.True(network.training);
    }

    [Fact]
    public async Task A_TorchScript_file_is_written_and_shown()
    {
        await notebook.RunAsync($"tresnet-export {PathOf("nano.pt")} --format torchscript --num-classes 3 --fold");

        var view = Assert.IsType<View>(notebook.Displays[^2].Value);
        Assert.Contains("torch.jit.load(\"nano.pt\")", view.Parts.OfType<CodeBlock>().Single().Code);
        using var loaded = TorchSharp.torch.jit.load<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>(
            PathOf("nano.pt")
        );
        using var logits = loaded.call(TorchSharp.torch.zeros(2, 3, 64, 64));
        Assert.Equal([2, 3], logits.shape);
    }

    [Fact]
    public async Task A_quantised_file_is_shown_with_how_it_was_made_and_checked_on_other_images()
    {
        await notebook.RunAsync(
            $"tresnet-export {PathOf("small.onnx")} --num-classes 10 --quantize int8 --data fashion-mnist --calibration-images 8 --calibrate-method minmax --activation-type QInt8 --check"
        );

        var view = Assert.IsType<View>(notebook.Displays[^2].Value);
        var table = view.Parts.OfType<Table>().Single().Rows.ToDictionary(row => row[0].Text, row => row[1].Text);
        Assert.Equal("int8", table["precision"]);
        Assert.Contains(
            "Quantised: int8 in QDQ form: weights QInt8 by channel, feature maps QInt8, MinMax of 8 images of Fashion-MNIST 10k (train).",
            view.Parts
        );
        Assert.Contains("QuantizeLinear", view.ToString());

        // ONNX Runtime may not be at hand here.
        Assert.Matches("of 256 images that it was not calibrated on|^Not checked", string.Join('\n', view.Parts));
        Assert.InRange(new FileInfo(PathOf("small.onnx")).Length, 1, 300_000);
    }

    [Fact]
    public async Task Fresh_weights_are_said_to_be_fresh()
    {
        await notebook.RunAsync($"tresnet-export {PathOf("fresh.onnx")} --num-classes 3");
        Assert.Contains("The weights are fresh", notebook.Displays[^1].Value.ToString());
    }

    [Theory]
    [InlineData("x.onnx --opset 12", "Opset 12 is not written: take one from 13 to 21")]
    [InlineData("x.txt", "ends in '.txt': end it in .onnx or .torchscript, or say --format onnx or torchscript.")]
    [InlineData("x.torchscript --opset 14", "--opset is for ONNX; a TorchScript file takes any images")]
    [InlineData("x.pt --format torchscript --check", "--check is for ONNX")]
    [InlineData("x", "ends in no format's name")]
    [InlineData("x.onnx --quantize int8", "name some with --data, such as a folder, or fashion-mnist.")]
    [InlineData("x.onnx --data fashion-mnist", "--data is for a file of eight bits: add --quantize int8")]
    [InlineData("x.onnx --reduce-range", "--reduce-range is for a file of eight bits")]
    [InlineData("x.onnx --quantize int8 --data gone", "There is no data set or folder 'gone'")]
    [InlineData("x.onnx --quantize int8 --data fashion-mnist --precision float16", "and Float16 was asked for too")]
    [InlineData("x.onnx --quantize int8 --data fashion-mnist --opset 12", "Opset 12 is not written")]
    [InlineData("x.onnx --quantize int8 --data fashion-mnist --calibrate-method KL", "it takes MinMax, Percentile or")]
    [InlineData("x.onnx --quantize int8 --data fashion-mnist --calibration-images -1", "-1 images were to be calib")]
    [InlineData("x.torchscript --quantize int8", "--quantize is for ONNX")]
    [InlineData("gone/x.onnx", "gone for <file> does not exist: make it, or choose another.")]
    [InlineData("x.onnx --height 33", "tresnet_nano takes sides that are multiples of 2: use 34.")]
    [InlineData("x.onnx --height 0", "--height is '0': it takes a number above 0, or dynamic for any.")]
    [InlineData("x.onnx --width wide", "--width is 'wide'")]
    [InlineData("x.onnx --batch-size 1.5", "--batch-size is '1.5'")]
    [InlineData("x.onnx --input-size 0", "--input-size is 0: it takes a number above 0")]
    [InlineData("x.onnx --input-size 64 --height 64", "--input-size says height and width, and so does --height")]
    [InlineData("x.onnx --input-scale 0", "The input's scale is 0")]
    [InlineData(
        "x.onnx --batch-size 2000000000 --check",
        "There is not enough memory for a batch of 2,000,000,000 images"
    )]
    [InlineData("x.onnx --input-size 200000 --check", "images of 200000x200000 pixels: a pass would take at least")]
    [InlineData("x.onnx --out-indices 1", "--out-indices is for feature maps: add --features-only")]
    [InlineData("x.onnx --features-only --out-indices 9", "asked for the feature maps [9]: it has 4")]
    [InlineData("x.onnx --features-only --softmax", "this network gives feature maps: leave softmax out")]
    [InlineData("x.onnx --weights gone.pth", "There is no file gone.pth")]
    [InlineData("x.onnx --model tresnet_q", "There is no model 'tresnet_q'")]
    public async Task What_cannot_be_is_refused_in_a_sentence(string line, string sentence)
    {
        Assert.Contains(sentence, await notebook.RefusalOf($"tresnet-export {folder}/{line}"));
        Assert.Empty(Directory.GetFiles(folder));
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
