// What other programs read of a run: log.csv for a spreadsheet, log.jsonl for a script, an event file for TensorBoard.
using System.Globalization;
using System.Text;
using System.Text.Json;
using TResNet.Evaluation;

namespace TResNet.Training.Runs;

/// <summary>The logs in the folder of a run. A state decides what a run has done: on going on the logs are made to agree with it.</summary>
internal sealed class RunLogs
{
    // Losses of single steps that TensorBoard gets; its charts draw no more than a thousand.
    private const int MostSteps = 5000;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(10);

    private readonly TimeProvider clock;
    private readonly string model;
    private readonly int every;
    private readonly LineLog csv;
    private readonly LineLog json;
    private readonly EventFile events;
    private readonly EvalMetric metric;
    private readonly bool averages;
    private readonly List<string> csvLines = [];
    private readonly List<string> jsonLines = [];
    private long flushedAt;

    /// <param name="folder">The folder.</param>
    /// <param name="model">The network's name.</param>
    /// <param name="steps">All steps of the run, of which many are thinned.</param>
    /// <param name="before">What was done before.</param>
    /// <param name="metric">What decides which epoch is best: a column of its own where it is not there already.</param>
    /// <param name="averages">Whether the run averages its weights, so that epochs may be of either.</param>
    /// <param name="clock">The time that is logged.</param>
    public RunLogs(
        string folder,
        string model,
        int steps,
        RunHistory before,
        EvalMetric metric = EvalMetric.Top1,
        bool averages = false,
        TimeProvider? clock = null
    )
    {
        (this.model, this.metric, this.averages, this.clock) = (model, metric, averages, clock ?? TimeProvider.System);
        csvLines.Add(
            $"epoch,step,learning_rate,train_loss,validation_loss,top1,{(HasOwnColumn ? metric.Column() + "," : "")}images_per_second,seconds,weights"
        );
        every = Math.Max(1, (int)Math.Ceiling(steps / (double)MostSteps));
        var jsonPath = Path.Combine(folder, "log.jsonl");
        (csv, json) = (new LineLog(Path.Combine(folder, "log.csv")), new LineLog(jsonPath));
        var dates = before.Epochs.Count > 0 ? Dates(jsonPath) : [];
        foreach (var epoch in before.Epochs)
        {
            Add(before, epoch, dates.GetValueOrDefault(epoch.Epoch));
        }

        events = new EventFile(folder, before.Steps.Count + 1, this.clock);
        flushedAt = this.clock.GetTimestamp();
    }

    private bool HasOwnColumn => metric is not (EvalMetric.Top1 or EvalMetric.Loss);

    /// <summary>Logs the step that was done last.</summary>
    public void Step(RunHistory history, Action<string> warn)
    {
        var step = history.Steps[^1];
        if (step.Step % every == 0)
        {
            events.Add(step.Step, ("loss/step", step.Loss));
        }

        if (clock.GetElapsedTime(flushedAt) >= FlushEvery)
        {
            Flush(warn);
        }
    }

    /// <summary>Logs the epoch that was done last.</summary>
    public void Epoch(RunHistory history, Action<string> warn)
    {
        var epoch = history.Epochs[^1];
        Add(history, epoch, clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        events.Add(
            epoch.Step,
            ("loss/train", epoch.TrainLoss),
            ("loss/validation", epoch.ValidationLoss),
            ("accuracy/top1", epoch.Top1),
            ("learning_rate", history.Steps[epoch.Step - 1].LearningRate)
        );
        if (HasOwnColumn)
        {
            events.Add(epoch.Step, ($"metric/{metric.Column()}", epoch.Value));
        }

        Flush(warn);
    }

    /// <summary>Writes what is not yet on the disk.</summary>
    public void Flush(Action<string> warn)
    {
        if (jsonLines.Count > 0)
        {
            Try(() => csv.Write(csvLines), warn);
            Try(() => json.Write(jsonLines), warn);
        }

        flushedAt = clock.GetTimestamp();
        Try(events.Flush, warn);
    }

    // A log is not worth a run.
    private static void Try(Action write, Action<string> warn)
    {
        try
        {
            write();
        }
        catch (TResNetException refused)
        {
            warn(refused.Message);
        }
    }

    private void Add(RunHistory history, EpochResult epoch, string? date)
    {
        (string Name, double Value)[] numbers =
        [
            ("learning_rate", history.Steps[epoch.Step - 1].LearningRate),
            ("train_loss", epoch.TrainLoss),
            ("validation_loss", epoch.ValidationLoss),
            ("top1", epoch.Top1),
            .. HasOwnColumn ? ((string, double)[])[(metric.Column(), epoch.Value)] : [],
            ("images_per_second", Math.Round(epoch.ImagesPerSecond, 1)),
            ("seconds", Math.Round(epoch.Duration.TotalSeconds, 3)),
        ];
        var values = numbers.Select(number =>
            double.IsFinite(number.Value) ? number.Value.ToString("R", CultureInfo.InvariantCulture) : ""
        );
        csvLines.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{epoch.Epoch},{epoch.Step},{string.Join(',', values)},{WeightsOf(epoch)}"
            )
        );

        using var bytes = new MemoryStream();
        using (var line = new Utf8JsonWriter(bytes))
        {
            line.WriteStartObject();
            line.WriteString("model", model);
            line.WriteString("date", date);
            line.WriteNumber("epoch", epoch.Epoch);
            line.WriteNumber("step", epoch.Step);
            foreach (var (name, value) in numbers)
            {
                // JSON has no word for what is no number.
                if (double.IsFinite(value))
                {
                    line.WriteNumber(name, value);
                }
                else
                {
                    line.WriteNull(name);
                }
            }

            line.WriteString("weights", WeightsOf(epoch));
            line.WriteEndObject();
        }

        jsonLines.Add(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    // Runs of earlier versions evaluated their average alone, where they had one.
    private string WeightsOf(EpochResult epoch) =>
        (epoch.Weights ?? (averages ? EvaluatedWeights.Average : EvaluatedWeights.Network)) == EvaluatedWeights.Average
            ? "average"
            : "network";

    /// <summary>When epochs ended, as far as a log that a killed process left can be read.</summary>
    private static Dictionary<int, string?> Dates(string path)
    {
        var dates = new Dictionary<int, string?>();
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                if (Date(line) is var (epoch, date))
                {
                    dates[epoch] = date;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the log its dates are unknown; everything else is in the state.
        }

        return dates;
    }

    private static (int Epoch, string? Date)? Date(string line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(line);
            return
                parsed.RootElement is { ValueKind: JsonValueKind.Object } entry
                && entry.TryGetProperty("epoch", out var epoch)
                && epoch.ValueKind == JsonValueKind.Number
                && epoch.TryGetInt32(out var number)
                && entry.TryGetProperty("date", out var date)
                && date.ValueKind == JsonValueKind.String
                ? (number, date.GetString())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
