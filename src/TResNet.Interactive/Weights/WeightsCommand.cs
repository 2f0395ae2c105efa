using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Weights;
using TResNet.Weights.Published;

namespace TResNet.Interactive.Weights;

/// <summary>Lists the published weights.</summary>
internal static class WeightsCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var pattern = new Argument<string>("pattern")
        {
            Description = "Which names to list, with * and ? as in file names, or a file of weights to look into.",
            DefaultValueFactory = _ => "*",
        };
        var command = new Command(
            name,
            "Lists published weights that --weights takes by name, and where they are; of a file, says what it is."
        )
        {
            pattern,
        };
        command.SetWork(
            (parsed, _) =>
            {
                var text = parsed.GetValue(pattern)!;
                if (File.Exists(text))
                {
                    notebook.Display(FileView.Of(text, Checkpoint.Describe(text)));
                    return;
                }

                var weights = PublishedWeights.List(text);
                notebook.Display(
                    weights.Count > 0
                        ? List(weights, WeightStore.OfUser)
                        : throw new CommandException(
                            $"No published weights' name matches '{text}': names begin with the network's, as in {PublishedWeights.List()[0].Name}."
                        )
                );
            }
        );
        return command;
    }

    internal static View List(IReadOnlyList<PublishedWeights> weights, WeightStore store) =>
        new()
        {
            Parts =
            [
                new Table
                {
                    Columns = [new("name"), new("classes", true), new("downloaded"), new("SHA-256"), new("address")],
                    Rows =
                    [
                        .. weights.Select(w =>
                            (Cell[])
                                [
                                    w.Name,
                                    $"{w.NumClasses}",
                                    store.Has(w) ? "yes" : "",
                                    w.Sha256 is null ? "" : w.Sha256 + "…",
                                    w.Url.ToString(),
                                ]
                        ),
                    ],
                    Note = $"--weights NAME downloads a file once, into {store.Folder}.",
                },
            ],
        };
}
