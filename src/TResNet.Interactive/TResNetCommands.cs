// The project's commands, each defined once: a notebook runs them as #!tresnet-train, a shell as tresnet train.
using System.CommandLine;
using Notebook;
using TResNet.Interactive.Build;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Data;
using TResNet.Interactive.Export;
using TResNet.Interactive.Predict;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Published;
using TResNet.Interactive.Train;
using TResNet.Interactive.Validate;
using TResNet.Interactive.Weights;

namespace TResNet.Interactive;

/// <summary>Makes the commands for a notebook, or for the shell that stands in for one.</summary>
public static class TResNetCommands
{
    /// <summary>All commands, in the order in which a newcomer meets them.</summary>
    /// <param name="notebook">Where results are shown and kept.</param>
    /// <param name="prefix">Goes before each name: <c>tresnet-</c> for magics, nothing for a shell that is called <c>tresnet</c>.</param>
    public static IReadOnlyList<Command> All(INotebook notebook, string prefix) =>
        All(notebook, prefix, Measurements.OfUser);

    internal static IReadOnlyList<Command> All(INotebook notebook, string prefix, Measurements measurements) =>
        [
            ModelsCommand.Create(notebook, prefix + "models"),
            BuildCommand.Create(notebook, prefix + "build"),
            TrainCommand.Create(notebook, prefix + "train"),
            LrFindCommand.Create(notebook, prefix + "lr-find"),
            SuggestCommand.Create(notebook, prefix + SuggestCommand.Word),
            RecipesCommand.Create(notebook, prefix + "recipes"),
            DataCommand.Create(notebook, prefix + "data"),
            RunsCommand.Create(notebook, prefix + "runs"),
            ValidateCommand.Create(notebook, prefix + "validate"),
            PredictCommand.Create(notebook, prefix + "predict"),
            PredictCommand.Create(notebook, prefix + "explain", explains: true),
            ProfileCommand.Create(notebook, prefix + "profile", measurements),
            ThroughputCommand.Create(notebook, prefix + "throughput", measurements),
            AblateCommand.Create(notebook, prefix + "ablate"),
            CompareCommand.Create(notebook, prefix + "compare", measurements),
            PaperCommand.Create(notebook, prefix + "paper", measurements),
            WeightsCommand.Create(notebook, prefix + "weights"),
            ConvertWeightsCommand.Create(notebook, prefix + "convert-weights"),
            ExportCommand.Create(notebook, prefix + "export"),
        ];
}
