using TResNet.Compute;
using TResNet.Data;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Decides when the state of a run is written, and goes on from one; does nothing without a folder.</summary>
internal sealed class RunKeeper(
    RunFolder? folder,
    nn.Module model,
    ImageDataset train,
    ImageDataset validation,
    TrainingOptions options,
    WeightAverage? average,
    optim.Optimizer optimizer,
    LossScale? scale,
    int steps
)
{
    private IReadOnlyDictionary<string, string>? notesBefore;
    private RunLogs? logs;
    private long savedAt = TimeProvider.System.GetTimestamp();

    /// <summary>What was noted with the run, now or when it began.</summary>
    public IReadOnlyDictionary<string, string> Notes =>
        folder is { Notes.Count: > 0 } ? folder.Notes : notesBefore ?? RunFolder.NoNotes;

    /// <summary>Fills network, average, optimiser and scale from the newest state, where the run is to go on.</summary>
    /// <returns>What was done before.</returns>
    /// <exception cref="TResNetException">The state is of another network, recipe or data set, or broken.</exception>
    public RunHistory Resume()
    {
        var before = folder is { Resumes: true } ? Load(folder) : RunHistory.Empty;
        logs = folder is null ? null : new RunLogs(folder.Path, model.DisplayName(), steps, before);
        return before;
    }

    private RunHistory Load(RunFolder folder)
    {
        var path = folder.Newest;
        var before = TrainingState.Describe(path);
        var now = Describe(RunHistory.Empty);
        Require(path, "network", before.Model, now.Model);
        Require(path, "training images", Describe(before.TrainData), Describe(now.TrainData));
        Require(path, "validation images", Describe(before.ValidationData), Describe(now.ValidationData));
        RequireSame(path, before.Options, now.Options, except: nameof(options.Workers));
        RequireSame(
            path,
            before.TrainData.Augmentations ?? new Augmentations(),
            now.TrainData.Augmentations ?? new Augmentations()
        );
        notesBefore = before.Notes;

        TrainingState.Load(path, model, average, optimizer);
        if (scale is not null && before.Scale is { } state)
        {
            scale.State = state;
        }

        folder.RemovePartial();
        return before.History;
    }

    /// <summary>Logs a step, and writes a state where the last one is long ago.</summary>
    public void Step(RunRecorder run)
    {
        logs?.Step(run.History, run.Warn);
        if (folder is not null && TimeProvider.System.GetElapsedTime(savedAt) >= folder.SaveEvery)
        {
            Save(run);
        }
    }

    /// <summary>Writes the weights that were just evaluated.</summary>
    public void Weights(RunRecorder run)
    {
        try
        {
            folder?.SaveWeights(model, run.LastIsBest);
        }
        catch (TResNetException refused)
        {
            run.Warn(refused.Message);
        }
    }

    /// <summary>Writes a state at the end of an epoch, and logs it.</summary>
    public void Epoch(RunRecorder run)
    {
        Save(run);
        logs?.Epoch(run.History, run.Warn);
    }

    /// <summary>Writes what of the logs is not yet on the disk.</summary>
    public void Close(RunRecorder run) => logs?.Flush(run.Warn);

    /// <summary>Writes a state where a run is interrupted.</summary>
    public void Interrupted(RunRecorder run) => Save(run);

    // A full disk costs the newest state, not the run: the one before stays, and the next attempt may find room.
    private void Save(RunRecorder run)
    {
        savedAt = TimeProvider.System.GetTimestamp();
        try
        {
            folder?.Save(Describe(run.History), model, average, optimizer);
        }
        catch (TResNetException refused)
        {
            run.Warn(refused.Message);
        }
    }

    private static void RequireSame<T>(string path, T before, T now, string? except = null)
    {
        foreach (var property in typeof(T).GetProperties().Where(p => p.Name != except))
        {
            Require(path, property.Name, $"{property.GetValue(before)}", $"{property.GetValue(now)}");
        }
    }

    private static void Require(string path, string what, string before, string now)
    {
        if (before != now)
        {
            throw new TResNetException(
                $"{path} is of a run with another {what}: {before} there, {now} here; resume with the same, or start a new run."
            );
        }
    }

    private static string Describe(DataDescription data) =>
        $"{data.Name}, {data.Count} images of {string.Join(" x ", data.Shape)}, {data.Classes.Count} classes";

    private RunDescription Describe(RunHistory history) =>
        new(
            model.DisplayName(),
            DataDescription.Of(train),
            DataDescription.Of(validation),
            options,
            history,
            Notes,
            scale?.State
        );
}
