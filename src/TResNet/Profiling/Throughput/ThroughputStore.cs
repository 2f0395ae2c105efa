// What was measured is worth keeping: a comparison shows it days later.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TResNet.Compute;
using TResNet.Profiling.Options;
using TResNet.Weights.Published;

namespace TResNet.Profiling.Throughput;

/// <summary>
/// A file of measurements, one of each kind: machine, library, network, mode, batch size, input size, device, precision, memory format, number
/// of threads, optimised or not.
/// </summary>
/// <param name="folder">Where the file <c>throughput.jsonl</c> is kept; it is made when the first measurement comes.</param>
internal sealed class ThroughputStore(string folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<ThroughputMode>(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Lock gate = new();

    /// <summary>The user's, beside the published weights; see <see cref="WeightStore.OfUser"/>.</summary>
    public static ThroughputStore OfUser { get; } = new(WeightStore.OfUser.Folder);

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "throughput.jsonl");

    /// <summary>Keeps a measurement in the place of an older one of the same kind, unless the same build measured that for longer.</summary>
    /// <remarks>The file is replaced as a whole, without the lines that cannot be read. Of two processes that save at once, one may lose its line.</remarks>
    /// <param name="result">What was measured; its <see cref="ThroughputResult.Model"/> is the network's name.</param>
    /// <param name="replace">Whether what was measured for longer goes too.</param>
    /// <exception cref="TResNetException">The disk refuses; what was there before is untouched.</exception>
    public void Save(ThroughputResult result, bool replace = false)
    {
        lock (gate)
        {
            JsonLines.Write(Path, With(Load(), result, replace).Select(LineOf), Json);
        }
    }

    /// <summary>What is kept when a measurement comes to others, oldest first; <see cref="Save"/> says what goes.</summary>
    /// <param name="results">One of each kind.</param>
    /// <param name="added">The one that comes.</param>
    /// <param name="replace">Whether what was measured for longer goes too.</param>
    public static IReadOnlyList<ThroughputResult> With(
        IEnumerable<ThroughputResult> results,
        ThroughputResult added,
        bool replace
    ) => OneOfEachKind([.. results.Where(each => !(replace && Kind(each).Equals(Kind(added)))), added]);

    /// <summary>All that was kept, oldest first; lines that cannot be read are left out. Nothing where there is no file.</summary>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public IReadOnlyList<ThroughputResult> Load() => File.Exists(Path) ? Lines(Path) : [];

    /// <summary>What another store's file holds, for example one that was copied from another machine, oldest first.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TResNetException">There is no such file, it cannot be read, or no line of it is a measurement.</exception>
    public static IReadOnlyList<ThroughputResult> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new TResNetException(
                $"There is no file {path}: name a throughput.jsonl of another machine; this one's is {OfUser.Path}."
            );
        }

        var results = Lines(path);
        return results.Count > 0
            ? results
            : throw new TResNetException(
                $"{path} holds no measurements: name a throughput.jsonl, which the profile and throughput commands write."
            );
    }

    private static IReadOnlyList<ThroughputResult> Lines(string path)
    {
        try
        {
            return OneOfEachKind([.. JsonLines.Read<Line>(path, Json).Select(ResultOf).OfType<ThroughputResult>()]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TResNetException(
                $"{path} could not be read ({e.Message.TrimEnd('.')}): make it readable, or remove it.",
                e
            );
        }
    }

    // Of two of the same date the later line counts, as OrderBy keeps their order.
    private static ThroughputResult[] OneOfEachKind(IReadOnlyList<ThroughputResult> results) =>
        [
            .. results
                .OrderBy(result => result.Date)
                .GroupBy(Kind)
                .Select(same => same.Aggregate((older, newer) => Outlasts(older, newer) ? older : newer))
                .OrderBy(result => result.Date),
        ];

    // A short look does not take the place of what the same build measured for longer, as long as that tells what the look was for.
    private static bool Outlasts(ThroughputResult older, ThroughputResult newer) =>
        older.Version == newer.Version
        && older.Answers(newer.Options)
        && (!newer.Answers(older.Options) || newer.Rounds.Count < older.Rounds.Count);

    private static object Kind(ThroughputResult result) =>
        (
            (result.Machine, result.Library, result.Model),
            (result.Mode, result.Options.Optimize, string.Join('x', result.InputShape)),
            (result.Device, result.DataType, result.MemoryFormat, result.Threads)
        );

    private static ThroughputResult? ResultOf(Line line)
    {
        try
        {
            return line.ToResult();
        }
        catch (Exception damaged) when (damaged is TResNetException or OverflowException)
        {
            return null;
        }
    }

    private static Line LineOf(ThroughputResult result) =>
        new()
        {
            Machine = result.Machine,
            Library = result.Library,
            Version = result.Version,
            Network = result.Model,
            Mode = result.Mode,
            Optimized = result.Options.Optimize ? true : null,
            Batch = result.BatchSize,
            Input = [.. result.InputShape.Skip(1)],
            Device = result.Device,
            ComputeType = result.DataType,
            Layout = result.MemoryFormat,
            Threads = result.Threads,
            Date = result.Date,
            ImagesPerSecond = [.. result.Rounds],
            PeakMemory = result.PeakMemory,
            Rounds = result.Options.Rounds,
            BatchesPerRound = result.Options.BatchesPerRound,
            WarmUp = result.Options.WarmUp,
            RoundSeconds = result.Options.RoundTime.TotalSeconds,
            BudgetSeconds = result.Options.Budget.TotalSeconds,
            Turns = result.Turns is [var turns, ..] ? turns.Id : null,
            Again = result.Turns is [{ Again.Count: > 0 } first, ..] ? [.. first.Again] : null,
        };

    // The options say what was asked for: nothing, of a network whose weights are in that type.
    private static ComputeType PrecisionOf(string dataType) =>
        dataType == nameof(ComputeType.BFloat16) ? ComputeType.BFloat16 : ComputeType.Float32;

    /// <summary>A line of the file: what was measured, on what, when, and how.</summary>
    private sealed record Line
    {
        public required string Machine { get; init; }
        public required string Library { get; init; }
        public string? Version { get; init; }
        public required string Network { get; init; }
        public required ThroughputMode Mode { get; init; }

        /// <summary>Left out where it is not: most lines are from before there were optimised networks.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? Optimized { get; init; }
        public required int Batch { get; init; }
        public required long[] Input { get; init; }
        public required string Device { get; init; }

        [JsonPropertyName("precision")]
        public required string ComputeType { get; init; }
        public required string Layout { get; init; }
        public required int Threads { get; init; }
        public required DateTimeOffset Date { get; init; }
        public required double[] ImagesPerSecond { get; init; }
        public required long? PeakMemory { get; init; }
        public required int Rounds { get; init; }
        public required int BatchesPerRound { get; init; }
        public required int WarmUp { get; init; }
        public required double BudgetSeconds { get; init; }

        /// <summary>Left out in files from before rounds had a least time.</summary>
        public double RoundSeconds { get; init; }

        /// <summary>What networks that were timed in turns with each other have in common.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Turns { get; init; }

        /// <summary>Of the first in such turns, its rounds at the end of each.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double[]? Again { get; init; }

        /// <summary>The measurement; null where a number cannot be one.</summary>
        public ThroughputResult? ToResult() =>
            Input is not [> 0, > 0, > 0]
            || ImagesPerSecond.Length == 0
            || ImagesPerSecond.Concat(Again ?? []).Any(rate => rate is not (> 0 and < double.PositiveInfinity))
                ? null
                : new ThroughputResult
                {
                    Model = Network,
                    InputShape = [Batch, .. Input],
                    Options = new ThroughputOptions
                    {
                        Mode = Mode,
                        Optimize = Optimized ?? false,
                        BatchSize = Batch,
                        ComputeType = PrecisionOf(ComputeType),
                        WarmUp = WarmUp,
                        Rounds = Rounds,
                        BatchesPerRound = BatchesPerRound,
                        RoundTime = TimeSpan.FromSeconds(RoundSeconds),
                        Budget = TimeSpan.FromSeconds(BudgetSeconds),
                    }.Validate(),
                    Rounds = ImagesPerSecond,
                    Turns = Turns is null ? [] : [new TurnRounds(Turns, ImagesPerSecond, Again ?? [])],
                    Device = Device,
                    Threads = Threads,
                    DataType = ComputeType,
                    MemoryFormat = Layout,
                    Machine = Machine,
                    Library = Library,
                    Version = Version,
                    Date = Date,
                    PeakMemory = PeakMemory,
                };
    }
}
