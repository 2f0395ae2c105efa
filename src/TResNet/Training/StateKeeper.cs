using System.Globalization;
using System.Reflection;
using TResNet.Data.Transforms;

namespace TResNet.Training;

/// <summary>Keeps the states of a run and the weights of its epochs in a folder, and begins a run with the newest state there.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="isFirst">Whether this is the one of several processes that writes.</param>
internal sealed class StateKeeper(RunFolder folder, bool isFirst = true) : ITrainingObserver
{
    private static int wanted;
    private int given = Volatile.Read(ref wanted);
    private long savedAt = TimeProvider.System.GetTimestamp();

    /// <summary>Has all runs of the process write a state after the step that they are in.</summary>
    public static void SaveSoon() => Interlocked.Increment(ref wanted);

    /// <summary>Fills network, average, optimiser, scale and history from the newest state, where the run is to go on.</summary>
    /// <exception cref="TResNetException">The state is of another network, recipe or data set, or broken.</exception>
    public void Resume(TrainingSession run)
    {
        if (!folder.Resumes)
        {
            run.Notes = folder.Notes;
            return;
        }

        var path = folder.Newest;
        var before = TrainingState.Describe(path);
        RequireSame(path, before, RunDescription.Of(run));
        TrainingState.Load(path, run.Model, run.Average, run.Optimizer);
        if (run.Scale is not null && before.Scale is { } scale)
        {
            run.Scale.State = scale;
        }

        run.GoOnFrom(before.History);
        run.Notes = folder.Notes.Count > 0 ? folder.Notes : before.Notes ?? RunFolder.NoNotes;
        if (isFirst)
        {
            folder.RemovePartial();
        }
    }

    /// <inheritdoc/>
    public void StepDone(TrainingSession run)
    {
        if (Volatile.Read(ref wanted) != given || TimeProvider.System.GetElapsedTime(savedAt) >= folder.SaveEvery)
        {
            Save(run);
        }
    }

    /// <inheritdoc/>
    public void Evaluated(TrainingSession run) => Try(run, () => folder.SaveWeights(run.Model, run.LastIsBest));

    /// <inheritdoc/>
    public void EpochDone(TrainingSession run) => Save(run);

    /// <inheritdoc/>
    public void Ended(TrainingSession run, TrainingEnd end)
    {
        if (end == TrainingEnd.Interrupted)
        {
            Save(run);
        }
    }

    private void Save(TrainingSession run)
    {
        (given, savedAt) = (Volatile.Read(ref wanted), TimeProvider.System.GetTimestamp());
        Try(run, () => folder.Save(RunDescription.Of(run), run.Model, run.Average, run.Optimizer));
    }

    // A full disk costs the newest state, not the run: the one before stays, and the next attempt may find room.
    private static void Try(TrainingSession run, Action save)
    {
        try
        {
            save();
        }
        catch (TResNetException refused)
        {
            run.Warn(refused.Message);
        }
    }

    private static void RequireSame(string path, RunDescription before, RunDescription now)
    {
        Require(path, "network", before.Model, now.Model);
        Require(path, "training images", before.TrainData.ToString(), now.TrainData.ToString());
        Require(path, "validation images", before.ValidationData.ToString(), now.ValidationData.ToString());
        Require(path, "teacher", before.Teacher?.ToString() ?? "none", now.Teacher?.ToString() ?? "none");
        if (before.Evaluation is { } earlier && now.Evaluation is { } images)
        {
            Require(path, "mean", Numbers(earlier.Mean), Numbers(images.Mean));
            Require(path, "standard deviation", Numbers(earlier.Std), Numbers(images.Std));
        }

        RequireNoneWhereFlipped(path, before, now.TrainData.Augmentations);

        // More epochs than before lengthen the run; its schedule is then that of the longer one from here on.
        var longer = Math.Max(before.Options.Epochs, now.Options.Epochs);
        RequireSameValues(
            path,
            before.Options with
            {
                Epochs = longer,
            },
            now.Options,
            except: nameof(TrainingOptions.Workers)
        );
        RequireSameValues(
            path,
            before.TrainData.Augmentations ?? new Augmentations(),
            now.TrainData.Augmentations ?? new Augmentations()
        );
    }

    // A command line that is given again has the old flags in it, which now ask for more than they did.
    private static void RequireNoneWhereFlipped(string path, RunDescription before, Augmentations? now)
    {
        if (before is { Options: { Flip: true } or { Shift: > 0 }, TrainData.Augmentations: null } && now is not null)
        {
            throw new TResNetException(
                $"{path} is of a run that an earlier version began with --flip or --shift, and goes on with them by itself: leave out these, and all "
                    + "other augmentations."
            );
        }
    }

    private static void RequireSameValues<T>(string path, T before, T now, string? except = null)
    {
        foreach (var ((name, value), (_, other)) in ValuesOf(before, except).Zip(ValuesOf(now, except)))
        {
            Require(path, name, value, other);
        }
    }

    /// <summary>What a record of options holds, as texts to compare.</summary>
    /// <param name="options">The record.</param>
    /// <param name="except">What may differ.</param>
    internal static IEnumerable<(string Name, string Value)> ValuesOf<T>(T options, string? except = null) =>
        // Also what is the library's own, and what a record is compared by is none of it.
        typeof(T)
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(p => p.Name != except && p.Name != "EqualityContract")
            .Select(p => (p.Name, Text(p.GetValue(options))));

    private static string Numbers(IReadOnlyList<double>? values) =>
        string.Join(' ', (values ?? []).Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static string Text(object? value) =>
        value switch
        {
            IEnumerable<int> list => string.Join(", ", list),
            IEnumerable<double> list => string.Join(
                ", ",
                list.Select(each => each.ToString("R", CultureInfo.InvariantCulture))
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };

    private static void Require(string path, string what, string before, string now)
    {
        if (before != now)
        {
            throw new TResNetException(
                $"{path} is of a run with another {what}: {before} there, {now} here; resume with the same, or start a new run."
            );
        }
    }
}
