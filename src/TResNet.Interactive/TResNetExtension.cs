using System.Runtime.InteropServices;
using Notebook;
using TorchSharp;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Formatting;

namespace TResNet.Interactive;

/// <summary>Brings TResNet into a notebook: the magics <c>#!tresnet-models</c>, <c>-build</c>, <c>-train</c>, <c>-profile</c>, <c>-compare</c> and others, formatters, and the library's names.</summary>
public sealed class TResNetExtension : INotebookExtension
{
    /// <inheritdoc/>
    public string Name => "TResNet";

    /// <inheritdoc/>
    public void Load(INotebook notebook)
    {
        foreach (var command in TResNetCommands.All(notebook, "tresnet-"))
        {
            notebook.AddMagic(command);
        }

        notebook.AddReference(typeof(torch).Assembly, "TorchSharp", "static TorchSharp.torch");
        notebook.AddReference(
            typeof(Models).Assembly,
            "TResNet",
            "TResNet.Architectures",
            "TResNet.Building",
            "TResNet.Checkpoints",
            "TResNet.Compute",
            "TResNet.Data",
            "TResNet.Layers",
            "TResNet.Evaluation",
            "TResNet.Profiling.Ablation",
            "TResNet.Profiling.Counting",
            "TResNet.Profiling.Layers",
            "TResNet.Profiling.Memory",
            "TResNet.Profiling.Throughput",
            "TResNet.Training",
            // So that a variant reads as it is said: Models.TResNetM() with { Attention = Eca, Blocks = [Basic] }.
            "static TResNet.Layers.Attention",
            "static TResNet.Architectures.BlockKind"
        );
        notebook.AddReference(typeof(TResNetExtension).Assembly, "TResNet.Interactive", "TResNet.Interactive.Charts");
        notebook.AddMessageException(typeof(TResNetException));
        notebook.AddMessageException(typeof(ExternalException));
        Formatters.Register();
    }
}
