// To find out that a batch has no room takes several smaller ones, for as long as all the rest: worth keeping beside the measurements.

using System.Text.Json;
using System.Text.Json.Serialization;
using TResNet.Compute;
using TResNet.Profiling.Options;

namespace TResNet.Profiling.Throughput;

/// <summary>A file of what batches need that memory had no room for, one JSON object a line, of this build alone.</summary>
/// <param name="folder">Where the file <c>batch-memory.jsonl</c> is kept; it is made when the first comes.</param>
internal sealed class BatchNeedStore(string folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter<ThroughputMode>(JsonNamingPolicy.SnakeCaseLower),
            new JsonStringEnumConverter<ComputeType>(JsonNamingPolicy.SnakeCaseLower),
        },
    };

    private readonly Lock gate = new();

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "batch-memory.jsonl");

    /// <summary>Keeps one in the place of an earlier one of the same batch; those of other builds are dropped.</summary>
    /// <param name="need">What was foretold.</param>
    /// <exception cref="TResNetException">The disk refuses; what was there before is untouched.</exception>
    public void Save(BatchNeed need)
    {
        lock (gate)
        {
            var kept = Load().Where(each => each.Version == need.Version && !each.Kind.Equals(need.Kind));
            JsonLines.Write(Path, kept.Append(need), Json);
        }
    }

    /// <summary>All that was kept; lines, and a file, that cannot be read are left out: what is missing is found out again.</summary>
    public IReadOnlyList<BatchNeed> Load()
    {
        try
        {
            return File.Exists(Path)
                ?
                [
                    .. JsonLines
                        .Read<BatchNeed>(Path, Json)
                        .Where(need => need is { InputShape: [> 0, ..], Bytes: > 0 }),
                ]
                : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
