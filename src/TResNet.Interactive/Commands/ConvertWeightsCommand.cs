using System.CommandLine;
using Notebook;
using TResNet.Checkpoints;
using TResNet.Interactive.Formatting;

namespace TResNet.Interactive.Commands;

/// <summary>Writes a checkpoint in another format.</summary>
internal static class ConvertWeightsCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var from = new Argument<string>("from")
        {
            Description =
                "The file to read (.safetensors, PyTorch's .pth or .ckpt, TorchSharp's .dat), or a name that the weights command lists.",
        };
        var to = new Argument<FileInfo>("to")
        {
            Description = "The file to write: .safetensors, .pth or .pt for PyTorch, or .dat for TorchSharp.",
        };
        var command = new Command(
            name,
            "Converts weights between safetensors, PyTorch and TorchSharp, other libraries' names to timm's."
        )
        {
            from,
            to,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var source = StartingWeights.Find(notebook, parsed.GetRequiredValue(from), cancel);
                var converted = Checkpoint.Convert(source, parsed.GetRequiredValue(to).ToString());
                notebook.Display(new View { Parts = [converted.ToString()] });
            }
        );
        return command;
    }
}
