using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Profiling;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Train;

/// <summary>Looks at images and at the machine, and says how to train on them.</summary>
internal static class SuggestCommand
{
    /// <summary>What it is called, but for what a notebook puts before.</summary>
    public const string Word = "suggest";

    // Beside the program's name and the sign that a line goes on, so that a terminal breaks none.
    private const int MostOfLine = 58;
    private const string MagicPrefix = "tresnet-";
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    /// <summary>How it is run where another command has a name.</summary>
    public static string Beside(string other) => Run(other, Word);

    public static Command Create(INotebook notebook, string name)
    {
        var data = new DataOptions();
        var model = CommonOptions.Model();
        var weights = StartingWeights.Option();
        var device = DeviceOption.Create();
        var command = new Command(
            name,
            "Says how to train on images, with reasons: image size, batches, learning rate, epochs, augmentation, and what to freeze."
        )
        {
            data.Images,
            data.Validation,
            data.Order,
            data.Map,
            model,
            weights,
            device,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var images = data.Read(parsed);
                images.ShowRemarks(notebook);
                var from = NamedWeights.Find(notebook, parsed.GetValue(weights), cancel);
                var (network, isNew) = CommonOptions.Resolve(
                    notebook,
                    NetworkName.Of(notebook, parsed, model, from, looks: false),
                    [],
                    images.Classes.Count,
                    from?.Says.Data.Channels,
                    seed: 42
                );
                using var owned = isNew ? network : null;
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var seen = images.Summarize();
                var suggestion = Suggestion.For(
                    seen,
                    network.DataConfig.InputSize,
                    network.Info.Multiple,
                    parsed.GetValue(weights),
                    (batch, side) => SecondsOfStep(network, batch, side, cancel)
                );
                notebook.Display(
                    Of(
                        seen,
                        suggestion,
                        Line(
                            name,
                            parsed,
                            [data.Images, data.Validation, data.Order, data.Map, model, device],
                            suggestion
                        )
                    )
                );
            }
        );
        return command;
    }

    private static View Of(DataSummary seen, Suggestion suggestion, string line) =>
        new()
        {
            Title = $"How to train on {seen.Name}",
            Parts =
            [
                seen.Counts(),
                new Table
                {
                    Columns = [new("option"), new("value"), new("why", Prose: true)],
                    Rows = [.. suggestion.Settings.Select(each => (Cell[])[each.Option, each.Value, each.Reason])],
                },
                line,
            ],
        };

    private static string Line(string name, ParseResult parsed, Option[] given, Suggestion suggestion)
    {
        IEnumerable<string> words =
        [
            .. given
                .Where(parsed.IsGiven)
                .Select(option =>
                    $"{option.Name} {string.Join(' ', parsed.GetResult(option)!.Tokens.Select(token => Quoted(name, token.Value)))}"
                ),
            .. suggestion.Settings.Select(each => $"{each.Option} {each.Value}"),
        ];
        var line = words.Aggregate(
            (Text: Run(name, "train"), Length: 0),
            (done, word) =>
                done.Length + word.Length > MostOfLine && !IsMagic(name)
                    ? ($"{done.Text} \\\n  {word}", word.Length + 2)
                    : ($"{done.Text} {word}", done.Length + word.Length + 1)
        );
        return line.Text;
    }

    // A magic's name has a prefix that a shell's has not.
    private static string Run(string beside, string word) =>
        IsMagic(beside) ? $"#!{MagicPrefix}{word}" : $"tresnet {word}";

    private static bool IsMagic(string name) => name.StartsWith(MagicPrefix, StringComparison.Ordinal);

    // A shell leaves alone what stands in single quotes; in a magic words are what System.CommandLine takes them for.
    internal static string Quoted(string name, string word) =>
        word.Length > 0 && word.All(each => char.IsAsciiLetterOrDigit(each) || "_-./:=,@%+".Contains(each)) ? word
        : !IsMagic(name) ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : word.Any(char.IsWhiteSpace) ? $"\"{word}\""
        : word;

    private static double SecondsOfStep(Building.Network network, int batch, int side, CancellationToken cancel)
    {
        var measured = Profiler.Throughput(
            network,
            [network.InChans, side, side],
            new ThroughputOptions
            {
                Mode = ThroughputMode.Training,
                BatchSize = batch,
                WarmUp = 1,
                Rounds = 3,
                Budget = Budget,
            },
            cancel: cancel
        );
        return batch / measured.Median;
    }
}
