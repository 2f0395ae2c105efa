using System.Text.Json;
using TResNet.Files;

namespace TResNet.Training;

/// <summary>A threshold for each class of a network of several labels, and the epoch whose weights they are for.</summary>
/// <param name="Epoch">The epoch of a run.</param>
/// <param name="Classes">The classes.</param>
/// <param name="Thresholds">For each the probability above which an image has it, 0 to below 1.</param>
internal sealed record RunThresholds(int Epoch, IReadOnlyList<string> Classes, IReadOnlyList<double> Thresholds)
{
    /// <summary>The file in a run's folder.</summary>
    public const string FileName = "thresholds.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The thresholds of a run; null where none were tuned.</summary>
    /// <param name="run">A run in a folder.</param>
    /// <exception cref="TResNetException">The file is damaged, or of other classes or weights.</exception>
    public static RunThresholds? Of(TrainingRun run)
    {
        if (run.Folder is not { } folder || Path.Combine(folder.Path, FileName) is var path && !File.Exists(path))
        {
            return null;
        }

        RunThresholds? read;
        try
        {
            read = JsonSerializer.Deserialize<RunThresholds>(File.ReadAllBytes(path));
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TResNetException(
                $"{path} cannot be read ({broken.Message.TrimEnd('.')}): tune the thresholds again with --tune-threshold, or remove it.",
                broken
            );
        }

        if (
            read is not { Classes: not null, Thresholds: not null }
            || !read.Classes.SequenceEqual(run.Classes)
            || read.Thresholds.Count != run.Classes.Count
            || read.Thresholds.Any(threshold => threshold is not (>= 0 and < 1))
        )
        {
            throw new TResNetException(
                $"{path} has not one threshold from 0 to below 1 for each class of the run: tune them again with --tune-threshold, or remove it."
            );
        }

        return read.Epoch == run.Best?.Epoch
            ? read
            : throw new TResNetException(
                $"{path} is for the weights of epoch {read.Epoch}, and the best are those of epoch {run.Best?.Epoch} by now: tune the thresholds again with --tune-threshold, or remove it."
            );
    }

    /// <summary>Keeps them with a run.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public string Save(RunFolder folder)
    {
        var path = Path.Combine(folder.Path, FileName);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));
        return path;
    }
}
