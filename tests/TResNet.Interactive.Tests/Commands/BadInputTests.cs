using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What is wrong is said in one sentence, before any work is done and without leaving anything behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("tresnet-build --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-train --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-profile --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-train --batch-size 0", "The batch size is 0, but it has to be from 2 to 65,536")]
    [InlineData("tresnet-profile --batch-size 0", "The batch size is 0, but it has to be from 1 to 65,536")]
    [InlineData("tresnet-train --epochs 0", "The number of epochs is 0, but")]
    [InlineData("tresnet-train --lr -1", "The learning rate is -1, but")]
    [InlineData(
        "tresnet-build --model tresnet_m --input-size 33",
        "The input is 33x33 pixels, and tresnet_m takes sides that are multiples of 4"
    )]
    [InlineData(
        "tresnet-train --input-size 33",
        "The input is 33x33 pixels, and tresnet_nano takes sides that are multiples of"
    )]
    [InlineData("tresnet-profile --model tresnet_nano --input-size 33", "The input is 33x33 pixels, and tresnet_nano")]
    [InlineData("tresnet-train --data missing/", "There is no data set or folder 'missing/'")]
    [InlineData("tresnet-train --output missing/folder/a.safetensors", "missing/folder for --output does not exist")]
    [InlineData("tresnet-train --output model.bin", "--output model.bin says no format; end it in .safetensors")]
    [InlineData("tresnet-build --num-classes 0", "tresnet_nano was asked for 0 classes")]
    [InlineData("tresnet-build --weights missing.safetensors", "missing.safetensors")]
    [InlineData("tresnet-models convnext*", "No network's name matches 'convnext*'")]
    [InlineData("tresnet-validate --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-validate --data missing/", "There is no data set or folder 'missing/'")]
    [InlineData("tresnet-validate --weights missing.pth", "There is no file missing.pth")]
    [InlineData("tresnet-validate --batch-size 0", "The batch size is 0, but it has to be at least 1")]
    [InlineData("tresnet-validate --input-size 33", "The input is 33x33 pixels, and tresnet_nano takes sides")]
    [InlineData("tresnet-compare --models tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-compare --models resnet50,convnext*", "No network's name matches 'convnext*'")]
    [InlineData("tresnet-compare --models ,", "--models names no network: write names with commas between")]
    [InlineData("tresnet-throughput --models tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-throughput --models convnext*", "No network's name matches 'convnext*'")]
    [InlineData("tresnet-throughput --batch-sizes 1,many", "--batch-sizes cannot be 'many': it takes whole numbers")]
    [InlineData("tresnet-throughput --batch-sizes 0,1", "The batch size is 0, but it has to be from 1 to 65,536")]
    [InlineData("tresnet-throughput --batch-sizes ,", "--batch-sizes names no number: write them with commas between")]
    [InlineData("tresnet-throughput --mode train --batch-sizes 1", "The batch size is 1, but it has to be from 2")]
    [InlineData(
        "tresnet-throughput --models tresnet_nano --input-size 33",
        "The input is 33x33 pixels, and tresnet_nano"
    )]
    [InlineData(
        "tresnet-throughput --results missing.jsonl",
        "There is no file missing.jsonl: name a throughput.jsonl"
    )]
    [InlineData("tresnet-throughput --rounds 0", "The number of rounds is 0, but")]
    [InlineData("tresnet-profile --trace missing/folder/a.json", "missing/folder for --trace does not exist")]
    [InlineData("tresnet-profile --trace /", "--trace / is a folder: name a file in it")]
    [InlineData(
        "tresnet-profile --trace /proc/x.json",
        "--trace /proc/x.json cannot be written, since the folder /proc"
    )]
    [InlineData("tresnet-profile --model ,", "--model names no network: write names with commas between")]
    [InlineData("tresnet-profile --model resnet50,convnext*", "No network's name matches 'convnext*'")]
    [InlineData("tresnet-profile --trace a.json --totals", "--trace shows layers, and --totals leaves them out")]
    [InlineData("tresnet-profile --model tresnet_nano --precision fp16", "float16")]
    [InlineData("tresnet-profile --batch-size many", "--batch-size cannot be 'many': it takes a whole number, or auto")]
    [InlineData("tresnet-profile --batch-size auto --mode inference", "--batch-size auto is for training: leave")]
    [InlineData(
        "tresnet-profile --batch-size auto --memory-limit much",
        "--memory-limit cannot be 'much': it takes a size"
    )]
    [InlineData("tresnet-profile --batch-size auto --memory-limit 0", "--memory-limit cannot be '0': it takes a size")]
    [InlineData("tresnet-profile --memory-limit 8GB", "--memory-limit goes with --batch-size auto: add that")]
    [InlineData("tresnet-profile --batch-size auto --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData(
        "tresnet-profile --batch-size auto --model tresnet_nano --memory-limit 1MB",
        "The memory limit is 1.0 MiB, and the process has"
    )]
    [InlineData(
        "tresnet-profile --optimize --mode train",
        "--optimize is for inference, and --mode train trains: leave"
    )]
    [InlineData(
        "tresnet-profile --model tresnet_nano --optimise",
        "There is no option '--optimise': the options are --model,"
    )]
    [InlineData(
        "tresnet-throughput --batch-sizes 1,2 --optimise",
        "There is no option '--optimise': the options are --models,"
    )]
    [InlineData(
        "tresnet-profile --model tresnet_nano --batch-size auto --memory-limit 900TB",
        "The memory limit is 838190.32 GiB, and this machine has"
    )]
    [InlineData("tresnet-profile --model tresnet_nano --precision float16", "float16")]
    [InlineData("tresnet-profile --model tresnet_nano tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData(
        "tresnet-profile --model resnet18 tresnet_nano --input-size 33",
        "The input is 33x33 pixels, and tresnet_nano"
    )]
    [InlineData(
        "tresnet-throughput --models resnet18,tresnet_nano --input-size 33",
        "The input is 33x33 pixels, and tresnet_nano"
    )]
    [InlineData("tresnet-profile --optimize --mode both", "--optimize is for inference, and --mode both trains: leave")]
    [InlineData(
        "tresnet-profile --optimize --batch-size auto",
        "--optimize is for inference, and --batch-size auto trains: leave one of the two out."
    )]
    [InlineData("tresnet-throughput --optimize --mode train", "--optimize is for inference, and --mode train trains")]
    [InlineData("tresnet-ablate --model tresnet_q", "There is no model 'tresnet_q': did you mean")]
    [InlineData("tresnet-ablate --model resnet50", "resnet50 has none of TResNet's refinements to take apart")]
    [InlineData("tresnet-ablate --model mobilenetv2_100", "mobilenetv2_100 is built of inverted residuals")]
    [InlineData("tresnet-ablate --batch-size 1", "The batch size is 1, but it has to be from 2")]
    [InlineData("tresnet-ablate --memory-limit 8GB", "--memory-limit goes with --largest-batch: add that")]
    [InlineData("tresnet-ablate --input-size 33", "The input is 33x33 pixels, and tresnet_m")]
    public async Task Bad_input_is_refused_in_one_sentence(string line, string sentence)
    {
        var refusal = await notebook.RefusalOf(line);

        Assert.Contains(sentence, refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Empty(notebook.Displays);
        Assert.Empty(notebook.VariableNames);
    }

    [Fact]
    public async Task A_checkpoint_of_another_network_is_refused()
    {
        var file = Path.Combine(folder, "resnet18.safetensors");
        using (var other = Models.Create("resnet18", 10))
        {
            Checkpoint.Save(other, file);
        }

        var refusal = await notebook.RefusalOf($"tresnet-build --model tresnet_nano --weights {file}");

        Assert.Contains("resnet18.safetensors", refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Empty(notebook.VariableNames);
    }

    [Fact]
    public async Task A_folder_without_images_is_refused()
    {
        var refusal = await notebook.RefusalOf($"tresnet-train --data {folder}");

        Assert.Contains("holds no folders, but each class of images needs one", refusal);
    }

    [Fact]
    public async Task A_truncated_idx_file_is_refused()
    {
        File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 39, 16, 1, 2, 3]);

        var refusal = await notebook.RefusalOf($"tresnet-train --data {folder}");

        Assert.Contains("train-labels-idx1-ubyte", refusal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public async Task A_folder_as_output_is_refused_before_training()
    {
        var refusal = await notebook.RefusalOf($"tresnet-train --output {folder}");

        Assert.Contains("is a folder", refusal);
    }

    [Theory]
    [InlineData("tresnet-build --name 2nd")]
    [InlineData("tresnet-train --name my-run")]
    public void A_name_that_is_no_identifier_is_refused_by_the_parser(string line)
    {
        var words = line.Split(' ', 2);
        var command = TResNet.Interactive.TResNetCommands.All(notebook, "tresnet-").Single(c => c.Name == words[0]);

        Assert.Contains("cannot be a variable's name", Assert.Single(command.Parse(words[1]).Errors).Message);
    }
}
