using System.Globalization;
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>When a cell ran, in the metadata that JupyterLab records.</summary>
internal static class CellTiming
{
    /// <summary>The member of a cell's metadata.</summary>
    public const string Key = "execution";

    private const string Busy = "iopub.status.busy";
    private const string Idle = "iopub.status.idle";

    public static JsonObject Write(DateTimeOffset started, DateTimeOffset ended) =>
        new() { [Busy] = Iso(started), [Idle] = Iso(ended) };

    public static (DateTimeOffset Started, TimeSpan Elapsed)? Read(NotebookCell cell) =>
        cell.Metadata[Key] is JsonObject times
        && Parse(times[Busy]) is { } started
        && (Parse(times[Idle]) ?? Parse(times["shell.execute_reply"])) is { } ended
            ? (started, ended - started)
            : null;

    private static string Iso(DateTimeOffset time) =>
        time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Parse(JsonNode? node) =>
        node is JsonValue value
        && value.TryGetValue<string>(out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
