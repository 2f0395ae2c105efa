using Notebook;
using TResNet.Interactive.Tables;
using TResNet.Weights;
using TResNet.Weights.Published;

namespace TResNet.Interactive.Commands;

/// <summary>The weights that <c>--weights</c> names, and what they say of themselves, before a network is built for them.</summary>
/// <param name="Path">The file, which is here by now.</param>
/// <param name="Says">What it says; of published weights also what is known of them.</param>
internal sealed record NamedWeights(string Path, WeightsDescription Says)
{
    /// <summary>What was said of a network, its classes and its images; null where nothing was.</summary>
    public WeightsDescription? Known => Says.IsEmpty ? null : Says;

    /// <summary>Finds them, downloaded if need be.</summary>
    /// <param name="notebook">Shows how far a download is.</param>
    /// <param name="fileOrName">What was named; null for nothing.</param>
    /// <param name="cancel">Stops a download.</param>
    /// <exception cref="TResNetException">There are none, or they are broken.</exception>
    public static NamedWeights? Find(INotebook notebook, string? fileOrName, CancellationToken cancel)
    {
        if (fileOrName is null)
        {
            return null;
        }

        var path = StartingWeights.Find(notebook, fileOrName, cancel);
        var says = Checkpoint.Describe(path);
        if (says.Fault is { } fault)
        {
            notebook.Display(new View { Parts = [fault] });
        }

        if (!File.Exists(fileOrName) && PublishedWeights.Find(fileOrName) is { } published)
        {
            says = says with
            {
                Architecture = says.Architecture ?? published.Model,
                NumClasses = says.NumClasses ?? published.NumClasses,
            };
        }

        return new NamedWeights(path, says);
    }

    /// <summary>Says in one line what was taken from the weights, and what options put in the place of it; nothing where they say nothing.</summary>
    /// <param name="notebook">Where it is shown.</param>
    /// <param name="options">Options that hold in place of what is said, as words.</param>
    public void Show(INotebook notebook, params IReadOnlyList<string> options)
    {
        if (Known is { } known)
        {
            var others =
                options.Count == 0
                    ? ""
                    : $"; {string.Join(", ", options)} {(options.Count == 1 ? "holds" : "hold")} in place of it";
            var file = System.IO.Path.GetFileName(Path);
            var who = known.SaidBy is { } other ? $"{other} says what {file} is" : $"{file} says what it is";
            notebook.Display(new View { Parts = [$"{who}: {known}{others}."] });
        }
    }
}
