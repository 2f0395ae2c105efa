// The cells of all sessions, a line of JSON each, in a file that several kernels append to.
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Jupyter.History;

/// <summary>
/// Keeps cells in a file that only its owner can read. A kernel writes while it holds the file beside it whose name ends in
/// <c>.lock</c>; a line that was cut short by a crash is skipped. Beyond <see cref="Largest"/> the older half is forgotten.
/// </summary>
/// <param name="path">The file; made with its folder when there is something to keep.</param>
internal sealed class HistoryFile(string path)
{
    /// <summary>What the file is called in a program's folder of state.</summary>
    public const string Name = "history.jsonl";

    /// <summary>How large the file grows, in bytes.</summary>
    internal const int Largest = 4 << 20;

    // A cell of more characters holds data, which nobody looks for in a history.
    private const int LongestCell = 100_000;

    private const int Tries = 40;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(25);
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Takes the next session number.</summary>
    /// <exception cref="IOException">The file cannot be written, or another kernel holds it for too long.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public int BeginSession()
    {
        using var held = Hold();
        var session = Lines().Select(line => line.Session).DefaultIfEmpty().Max() + 1;
        Append(new HistoryEntry(session, Line: 0, Input: ""));
        return session;
    }

    /// <summary>Adds a cell.</summary>
    /// <inheritdoc cref="BeginSession"/>
    public void Add(HistoryEntry entry)
    {
        if (entry.Input.Length > LongestCell)
        {
            return;
        }

        using var held = Hold();
        Append(entry);
        if (new FileInfo(path).Length > Largest)
        {
            Shorten();
        }
    }

    /// <summary>The cells, oldest first; none when the file cannot be read.</summary>
    public IReadOnlyList<HistoryEntry> Read()
    {
        try
        {
            return [.. Lines().Where(entry => entry.Line > 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Write(HistoryEntry entry) =>
        new JsonObject
        {
            ["session"] = entry.Session,
            ["line"] = entry.Line,
            ["input"] = entry.Input,
        }.ToJsonString(Json) + "\n";

    private static HistoryEntry? Parse(string line)
    {
        try
        {
            return
                JsonNode.Parse(line) is JsonObject entry
                && (int?)entry["session"] is { } session
                && (int?)entry["line"] is { } number
                && (string?)entry["input"] is { } input
                ? new HistoryEntry(session, number, input)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private IEnumerable<HistoryEntry> Lines()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Select(Parse).OfType<HistoryEntry>()];
    }

    private FileStream Hold()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        for (var left = Tries; ; left--)
        {
            try
            {
                return Open(path + ".lock", FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException) when (left > 1)
            {
                Thread.Sleep(BetweenTries);
            }
        }
    }

    private void Append(HistoryEntry entry)
    {
        using var file = Open(path, FileMode.OpenOrCreate, FileShare.ReadWrite | FileShare.Delete);
        var text = Write(entry);
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            text = file.ReadByte() == '\n' ? text : "\n" + text;
        }

        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Shorten()
    {
        var kept = new Stack<string>();
        var size = 0;
        foreach (var line in Lines().Reverse().Select(Write))
        {
            size += Encoding.UTF8.GetByteCount(line);
            if (size > Largest / 2)
            {
                break;
            }

            kept.Push(line);
        }

        var shorter = path + ".tmp";
        using (var file = Open(shorter, FileMode.Create, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(string.Concat(kept)));
            file.Flush(flushToDisk: true);
        }

        File.Move(shorter, path, overwrite: true);
    }

    private static FileStream Open(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }
}
