using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that train several times, to see how far a result is chance.</summary>
internal sealed class RepeatOptions
{
    private const int Most = 1000;

    private readonly Option<int?> seeds = new("--seeds")
    {
        Description =
            "Trains so many times, from --seed and the seeds after it, each under the folder of --run, and shows all runs with mean and standard deviation. The variables run and runs get the best and all.",
        HelpName = "number",
    };
    private readonly Option<int?> folds = new("--folds")
    {
        Description =
            "Cross-validation: deals the training images into so many parts, each class alike, and trains once for each part, which is held out. Likewise.",
        HelpName = "number",
    };

    public RepeatOptions() => OptionGroups.Put("Run", All);

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [seeds, folds];

    /// <summary>The runs that were asked for, or that the folder is of.</summary>
    /// <param name="notebook">Holds the variables.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="setup">The options of each run.</param>
    /// <param name="kept">Where they are kept.</param>
    /// <returns>Null for one run.</returns>
    /// <exception cref="CommandException">The options contradict each other, or what is in the folder.</exception>
    public IReadOnlyList<RunPart>? Read(
        INotebook notebook,
        ParseResult parsed,
        TrainingSetup setup,
        RunFolderOptions kept
    )
    {
        if (All.All(option => !parsed.IsGiven(option)))
        {
            return kept.PathToResume(parsed) is { } path ? Before(parsed, setup, path) : null;
        }

        if (All.All(parsed.IsGiven))
        {
            throw new CommandException(
                $"{seeds.Name} and {folds.Name} both say what the runs differ by: take one of them."
            );
        }

        Require(parsed, seeds);
        Require(parsed, folds);
        if (parsed.IsGiven(folds) && setup.ValidationImages(parsed) is { } validation)
        {
            throw new CommandException(
                $"{folds.Name} holds out a part of the training images each time, so --val-data {validation} has no place: leave out one of the two."
            );
        }

        if (setup.Variable(notebook, parsed) is { } variable)
        {
            throw new CommandException(
                $"--model {variable} is the notebook's one network, which each run would train further: name a listed network for {(parsed.IsGiven(seeds) ? seeds : folds).Name}."
            );
        }

        kept.RequireNoOneRun(parsed);
        var before = kept.PathToResume(parsed) is { } folder ? BeforeOf(folder, parsed.IsGiven(folds)) : null;
        var seed = setup.Seed(parsed) ?? before?[0].Seed;
        return parsed.GetValue(seeds) is { } count
            ? RunPart.Seeds(count, seed ?? new TrainingOptions().Seed)
            : RunPart.Folds(parsed.GetValue(folds)!.Value, seed ?? new TrainingOptions().Seed);
    }

    private static void Require(ParseResult parsed, Option<int?> option)
    {
        if (parsed.GetValue(option) is { } count and (< 2 or > Most))
        {
            throw new CommandException(
                $"{option.Name} {count} is no number of runs to compare: take from 2 to {Most:N0}, or leave it out."
            );
        }
    }

    private static IReadOnlyList<RunPart> BeforeOf(string path, bool areFolds)
    {
        var parts = Parts(path);
        return parts is null
                ? throw new CommandException($"There are no runs to resume in {path}: start them without --resume.")
            : parts[0].Fold is not null == areFolds ? parts
            : throw new CommandException(
                $"The runs in {path} differ by {(areFolds ? "their seeds" : "the images that are held out")}, so {(areFolds ? "--folds" : "--seeds")} has no place: leave it out, or choose another folder."
            );
    }

    private static IReadOnlyList<RunPart>? Before(ParseResult parsed, TrainingSetup setup, string path)
    {
        var parts = Parts(path);
        return parts is null || setup.Seed(parsed) is not { } seed || seed == parts[0].Seed
            ? parts
            : throw new CommandException(
                $"--seed {seed} has no place: the runs in {path} begin with seed {parts[0].Seed}; leave it out."
            );
    }

    // The newest says it, and of seeds whoever has the most.
    private static IReadOnlyList<RunPart>? Parts(string path) =>
        Directory.Exists(path)
            ? RunFolder
                .Find(path, levels: 1)
                .Select(folder => Path.GetFullPath(folder.Path) == Path.GetFullPath(path) ? null : folder)
                .TakeWhile(folder => folder is not null)
                .Select(folder => RunPart.AllOf(folder!.Describe().Notes))
                .OfType<IReadOnlyList<RunPart>>()
                .MaxBy(parts => parts.Count)
            : null;
}
