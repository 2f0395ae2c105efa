using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using TorchSharp;
using TResNet.Compute;

namespace TResNet.Benchmarks;

/// <summary>What was measured, as a page to read (bench.md) and as data (bench.json).</summary>
internal sealed class Report(IReadOnlyList<Comparison> comparisons, TimeSpan taken, string load)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly DateTimeOffset date = TimeProvider.System.GetUtcNow();
    private readonly string commit = Commit();
    private readonly string[] peers = [.. comparisons.Select(c => c.Peer).OfType<string>().Distinct()];

    /// <summary>The page.</summary>
    public string ToMarkdown() =>
        string.Join(
            Environment.NewLine,
            (string[])
                [
                    "# Benchmarks",
                    "",
                    $"{Machine.Describe()}. Commit {commit}, {date:yyyy-MM-dd HH:mm} UTC, {taken.TotalSeconds:0} s; load before: {load}. "
                        + $"Ours: {TorchLibrary.Name}, {torch.get_num_threads()} threads. Peers: {(peers.Length == 0 ? "none" : string.Join("; ", peers))}.",
                    "",
                    "Each figure is the median of its rounds, with the smallest and the largest. Ours and the peer's are measured in turn, so that a machine "
                        + "that slows down does so for both; a ratio is the median of the rounds' own ratios. Networks: 224 x 224 pixels, channels-last on both "
                        + "sides, the same weights, logits compared before. *Of ceiling* is the share of the machine's best rate in that precision "
                        + "(measured beside it, a multiply-add counted as two operations, a training step as three forward passes); "
                        + "Winograd's algorithm multiplies less than is counted, so it may pass 100 %.",
                    "",
                    "*Kept for backward* is what the C library has out after the forward pass of a training step, more than before it (`mallinfo2`), on both sides.",
                    "",
                    "The kernel is asked by jupyter_client over its sockets. It is started five times; three sessions of 100 cells give the middle figures, "
                        + "one of 1,100 the last two. A training step with in-place ABN may not be slower than with BatchNorm; 1.01 leaves room for what two "
                        + "measurements of the same step differ by.",
                    "",
                    "| What | Unit | Ours | Peer | Of ceiling | Ours / peer | Promise |",
                    "| --- | --- | --- | --- | --- | --- | --- |",
                    .. comparisons.Select(c => c.ToRow()),
                ]
        );

    /// <summary>The data: every round of every row.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                Machine = Machine.Describe(),
                Library = TorchLibrary.Name,
                Threads = torch.get_num_threads(),
                Peers = peers,
                Commit = commit,
                Date = date,
                Seconds = Math.Round(taken.TotalSeconds, 1),
                Load = load,
                Rows = comparisons.Select(c => new
                {
                    c.Name,
                    c.Unit,
                    Ours = Values(c.Ours),
                    Theirs = c.Theirs.Count == 0 ? null : Values(c.Theirs),
                    c.Peer,
                    Ratio = c.Theirs.Count == 0 ? null : Values(c.Ratios),
                    OfCeiling = c.Reached,
                    c.Promise,
                    Met = c.Promise is null ? (bool?)null : c.Met,
                }),
            },
            Json
        );

    private static object Values(IReadOnlyList<double> rounds) =>
        new
        {
            Median = Comparison.Median(rounds),
            Least = rounds.Min(),
            Most = rounds.Max(),
            Rounds = rounds,
        };

    private static string Commit()
    {
        try
        {
            return Git("rev-parse", "--short", "HEAD")
                + (Git("status", "--porcelain", "--untracked-files=no").Length == 0 ? "" : " with changes");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Git(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
