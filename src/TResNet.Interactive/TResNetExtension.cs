using System.Runtime.InteropServices;
using Notebook;
using TorchSharp;
using TResNet.Charts;
using TResNet.Interactive.ForeignCharts;
using TResNet.Onnx;

namespace TResNet.Interactive;

/// <summary>Brings TResNet into a notebook: the magics <c>#!tresnet-models</c>, <c>-build</c>, <c>-train</c>, <c>-profile</c>, <c>-compare</c> and others, formatters, and the library's names.</summary>
public sealed class TResNetExtension : INotebookExtension
{
    /// <summary>The version of libtorch that this version of TorchSharp is for.</summary>
    internal const string LibTorchVersion = "2.10.0";

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
            "TResNet.Compute",
            "TResNet.Data",
            "TResNet.Data.Loading",
            "TResNet.Data.Sources",
            "TResNet.Data.Transforms",
            "TResNet.Evaluation",
            "TResNet.Graphs",
            "TResNet.Layers",
            "TResNet.Profiling",
            "TResNet.Profiling.Ablation",
            "TResNet.Profiling.Counting",
            "TResNet.Profiling.Layers",
            "TResNet.Profiling.Memory",
            "TResNet.Profiling.Options",
            "TResNet.Profiling.Throughput",
            "TResNet.Training",
            "TResNet.Training.Runs",
            "TResNet.Weights",
            // So that a variant reads as it is said: Models.TResNetM() with { Attention = Eca, Blocks = [Basic] }.
            "static TResNet.Layers.Attention",
            "static TResNet.Architectures.BlockKind"
        );
        notebook.AddReference(typeof(OnnxExport).Assembly, "TResNet.Onnx");
        notebook.AddReference(typeof(Figure).Assembly, "TResNet.Charts", "TResNet.Charts.Svg");
        notebook.AddReference(
            typeof(TResNetExtension).Assembly,
            "TResNet.Interactive",
            "TResNet.Interactive.Compare",
            "TResNet.Interactive.Diagrams",
            "TResNet.Interactive.Profile",
            "TResNet.Interactive.Published"
        );
        AddPackages(notebook);
        notebook.AddMessageException(typeof(TResNetException));
        notebook.AddMessageException(typeof(ExternalException));
        Formatters.Register();
        ForeignFormatters.Register(notebook);
    }

    // Notebooks of TorchSharp begin with these; restored anew, they would bring a gigabyte and a second libtorch.
    private static void AddPackages(INotebook notebook)
    {
        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        notebook.AddPackage("TorchSharp", version);
        notebook.AddPackage("TorchSharp-cpu", version);
        foreach (
            var id in new[] { "TorchSharp-cuda-linux", "TorchSharp-cuda-windows", "TorchSharp-cuda*", "libtorch-cuda*" }
        )
        {
            notebook.AddPackage(
                id,
                id.StartsWith("libtorch", StringComparison.Ordinal) ? LibTorchVersion : version,
                "It uses a GPU where it was built with -p:Cuda=true."
            );
        }

        notebook.AddPackage("libtorch-cpu", LibTorchVersion);
        // A notebook for .NET Interactive too begins with the last of these.
        foreach (
            var id in new[]
            {
                "TResNet",
                "TResNet.Kernels",
                "TResNet.Charts",
                "TResNet.Onnx",
                "TResNet.Interactive",
                "TResNet.DotNetInteractive",
            }
        )
        {
            notebook.AddPackage(id, typeof(TResNetExtension).Assembly.GetName().Version!.ToString(3));
        }

        notebook.AddPackage("libtorch-cpu-*", LibTorchVersion);
    }
}
