using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Draws images a second over the batch size.</summary>
internal static class ThroughputCommand
{
    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var defaults = new ThroughputOptions { Budget = TimeSpan.FromSeconds(15) };
        var models = ModelsOption.Create(notebook, "tresnet_m", "resnet50");
        var batches = new Option<string[]>("--batch-sizes", "--batch-size")
        {
            Description =
                "Images in a batch: whole numbers with commas or spaces between. Training starts with 2 where none are named.",
            DefaultValueFactory = _ => ["1,2,4,8,16,32"],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "numbers",
        };
        var mode = CommonOptions.Make("--mode", "What is timed.", "inference", "mode");
        mode.AcceptOnlyFromAmong("inference", "train");
        var timing = new TimingOptions(defaults, "a batch size");
        var optimize = OptimizeOption.Create(
            "Adds a curve of each network optimised for this machine, which takes some seconds for each batch size."
        );
        var again = new Option<bool>("--again")
        {
            Description = "Measures anew what this build measured on this machine before.",
        };
        var files = new Option<string[]>("--results")
        {
            Description = "Files throughput.jsonl of other machines, whose curves are drawn too.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "files",
        };
        var ranks = new Option<string[]>("--ranks")
        {
            Description =
                "Numbers of processes, such as 1,2: times training with a batch divided among them, by MPI, in place of the curves.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "numbers",
        };
        var isRank = new Option<bool>(RanksWork.ChildOption) { Hidden = true };
        var variable = CommonOptions.Name("--name", "The variable that gets the curves.", "throughput");
        var command = new Command(name, "Measures images per second over the batch size, and draws the curves.")
        {
            models,
            batches,
            mode,
            timing.ComputeType,
            timing.InputSize,
            timing.Device,
            timing.Rounds,
            timing.RoundTime,
            timing.Budget,
            optimize,
            again,
            files,
            ranks,
            isRank,
            variable,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                if (parsed.GetValue(isRank) || parsed.IsGiven(ranks))
                {
                    Several(parsed, cancel);
                    return;
                }

                var training = parsed.GetValue(mode) == "train";
                var optimised = OptimizeOption.Read(parsed, optimize, training ? "--mode train" : null);
                var options = timing.Read(parsed, training ? ThroughputMode.Training : ThroughputMode.Inference);
                var work = new ThroughputWork(notebook, measurements)
                {
                    Ways = optimised ? [options, options with { Optimize = true }] : [options],
                    BatchSizes = Numbers(
                        training && parsed.GetResult(batches) is { Implicit: true }
                            ? ["2,4,8,16,32"]
                            : CommonOptions.Words(parsed, batches),
                        options
                    ),
                    Device = parsed.GetRequiredValue(timing.Device),
                    Again = parsed.GetValue(again),
                    Others =
                    [
                        .. CommonOptions
                            .Words(parsed, files)
                            .Distinct()
                            .Select(file => (file, ThroughputStore.Read(file))),
                    ],
                };
                var names = ModelsOption.Read(notebook, parsed, models);
                var subjects = ModelsOption.Subjects(notebook, names, parsed.GetValue(timing.InputSize));
                var curves = work.Run(subjects, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), curves);
                work.Show(curves);
                CommandAction.Throw(work.Ended);
            }
        );
        return command;

        // One network and one batch size for all numbers of processes.
        void Several(ParseResult parsed, CancellationToken cancel)
        {
            Option[] unused =
            [
                optimize,
                again,
                files,
                timing.Rounds,
                timing.RoundTime,
                timing.ComputeType,
                timing.Device,
            ];
            if (unused.FirstOrDefault(option => parsed.IsGiven(option)) is { } given)
            {
                throw new CommandException(
                    $"{given.Name} has no use beside --ranks, which times training steps in float32: leave it out."
                );
            }

            if (parsed.GetValue(mode) != "train")
            {
                throw new CommandException("--ranks times training: say --mode train with it.");
            }

            var options = timing.Read(parsed, ThroughputMode.Training);
            var sizes = parsed.IsGiven(batches) ? Numbers(CommonOptions.Words(parsed, batches), options) : [32];
            var names = parsed.IsGiven(models) ? ModelsOption.Read(notebook, parsed, models) : ["tresnet_m"];
            var subjects = ModelsOption.Subjects(notebook, names, parsed.GetValue(timing.InputSize));
            if (sizes is not [var batch] || subjects is not [{ IsNew: true } subject])
            {
                throw new CommandException(
                    "--ranks takes one network by name and one batch size, as in throughput --mode train --models resnet50 --batch-size 32 --ranks 1,2."
                );
            }

            using var built = subject;
            if (parsed.GetValue(isRank))
            {
                notebook.Display(RanksWork.Time(subject, batch, options.Budget, cancel));
                return;
            }

            var numbers = RanksWork.Numbers(CommonOptions.Words(parsed, ranks));
            if (batch < 2 * numbers[^1])
            {
                throw new CommandException(
                    $"A batch of {batch} images is too small for {numbers[^1]} processes, each of which takes two at least: take --batch-size {2 * numbers[^1]} or more."
                );
            }

            string[] words =
            [
                "throughput",
                "--mode",
                "train",
                "--models",
                subject.Label,
                "--batch-size",
                $"{batch}",
                "--budget",
                $"{(int)options.Budget.TotalSeconds}",
                .. parsed.GetValue(timing.InputSize) is { } side ? (string[])["--input-size", $"{side}"] : [],
            ];
            var speeds = new RanksWork(notebook).Run(subject.Label, numbers, words, batch, cancel);
            notebook.SetVariable(parsed.GetRequiredValue(variable), speeds);
        }
    }

    private static int[] Numbers(IReadOnlyList<string> words, ThroughputOptions options)
    {
        var parts = string.Join(' ', words).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            throw new CommandException("--batch-sizes names no number: write them with commas between, as in 1,2,4,8.");
        }

        return
        [
            .. parts
                .Select(part =>
                    int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                        ? (options with { BatchSize = number }).Validate().BatchSize
                        : throw new CommandException(
                            $"--batch-sizes cannot be '{part}': it takes whole numbers with commas between, as in 1,2,4,8."
                        )
                )
                .Distinct()
                .Order(),
        ];
    }
}
