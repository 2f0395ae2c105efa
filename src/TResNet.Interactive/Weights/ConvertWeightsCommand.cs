using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Weights;

namespace TResNet.Interactive.Weights;

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
        var described = new DescriptionOptions();
        var command = new Command(
            name,
            "Converts weights between safetensors, PyTorch and TorchSharp, other libraries' names to timm's, and says in the new file what they are of."
        )
        {
            from,
            to,
        };
        foreach (var option in described.All)
        {
            command.Add(option);
        }

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var target = parsed.GetRequiredValue(to).ToString();
                var source = NamedWeights.Find(notebook, parsed.GetRequiredValue(from), cancel)!;
                var keeps = !target.EndsWith(".dat", StringComparison.OrdinalIgnoreCase);
                if (!keeps && described.All.FirstOrDefault(parsed.IsGiven) is { } given)
                {
                    throw new CommandException(
                        $"{given.Name} would be lost: a .dat file has no place for it; write .safetensors or .pth."
                    );
                }

                var converted = Checkpoint.Convert(
                    source.Path,
                    target,
                    _ => described.Read(parsed, source.Says, source.Path)
                );
                var said = converted.Description;
                notebook.Display(
                    new View
                    {
                        Parts =
                        [
                            converted.ToString(),
                            .. converted.Fault is { } fault ? (object[])[fault] : [],
                            .. said.IsEmpty ? []
                            : keeps ? (object[])[$"It says what it is: {said}."]
                            :
                            [
                                $"A .dat file has no place for what the weights say of themselves ({said}): name it again where they are used.",
                            ],
                        ],
                    }
                );
            }
        );
        return command;
    }
}
