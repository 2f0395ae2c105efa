using System.CommandLine;
using System.CommandLine.Completions;
using Notebook;
using TResNet.Building;
using TResNet.Compute.Distributed;
using TResNet.Interactive.Tables;
using TResNet.Weights;
using TResNet.Weights.Published;

namespace TResNet.Interactive.Commands;

/// <summary>The weights that a command starts from: a file, or published ones, which are downloaded the first time.</summary>
internal static class StartingWeights
{
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--weights")
        {
            Description =
                "Weights to start from: a file (.safetensors, PyTorch's .pth or .ckpt, TorchSharp's .dat, .onnx), or a name that the weights command lists, which is downloaded once. A classifier of another size starts afresh.",
            HelpName = "file or name",
        };
        option.CompletionSources.Add(_ => PublishedWeights.List().Select(w => new CompletionItem(w.Name)));
        return option;
    }

    /// <summary>
    /// Fills a network, and shows what was loaded and what of it starts afresh; does nothing where no weights were asked for. Without
    /// <paramref name="resetClassifier"/> a classifier of another size is refused.
    /// </summary>
    /// <returns>What was loaded; null where no weights were asked for.</returns>
    public static LoadedCheckpoint? Load(
        INotebook notebook,
        Network network,
        NamedWeights? weights,
        bool resetClassifier = true
    )
    {
        if (weights is null)
        {
            return null;
        }

        var loaded = Checkpoint.Load(network, weights.Path, resetClassifier);
        notebook.Display(new View { Parts = [loaded.Line()] });
        return loaded;
    }

    /// <summary>The path of a file, which is downloaded if it is published weights that are not here yet; of several processes all ask.</summary>
    public static string Find(INotebook notebook, string fileOrName, CancellationToken cancel)
    {
        // A file that one machine does not see is refused there at once.
        return !File.Exists(fileOrName) && PublishedWeights.Find(fileOrName) is not null
            ? ProcessGroup.Current.InTurns(Resolve)
            : Resolve();

        string Resolve() =>
            WeightStore.OfUser.ResolveAsync(fileOrName, new Progress(notebook), cancel).GetAwaiter().GetResult();
    }

    private sealed class Progress(INotebook notebook) : IProgress<DownloadProgress>
    {
        private const double Megabyte = 1e6;
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
        private IDisplayedValue? line;
        private long last;

        public void Report(DownloadProgress value)
        {
            var isWhole = value.Bytes == value.Total;
            if (line is not null && !isWhole && TimeProvider.System.GetElapsedTime(last) < Pause)
            {
                return;
            }

            last = TimeProvider.System.GetTimestamp();
            var of = value.Total is { } total ? $" of {total / Megabyte:0.0}" : "";
            var shown = new ProgressLine(
                FormattableString.Invariant($"Downloading {value.Name}: {value.Bytes / Megabyte:0.0}{of} MB"),
                value.Bytes / (double)(value.Total ?? value.Bytes),
                isWhole
            );
            if (line is null)
            {
                line = notebook.Display(shown);
            }
            else
            {
                line.Update(shown);
            }
        }
    }
}
