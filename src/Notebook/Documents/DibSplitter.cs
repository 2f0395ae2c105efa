// How a .dib is read: by lines, whatever is in the cells, as .NET Interactive reads it.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>What stands between two separators, with the text it was read from.</summary>
internal sealed record DibBlock(
    string? Name,
    string Language,
    string Source,
    ReadOnlyMemory<char> Raw,
    JsonObject? Meta
);

/// <summary>Walks the lines of a file, learning kernel names from its <c>#!meta</c> block on the way.</summary>
internal sealed class DibSplitter(string fileName)
{
    /// <summary>The name of the block that holds the notebook's metadata.</summary>
    public const string MetaName = "meta";

    private Dictionary<string, string> names = new(CellLanguage.Aliases) { [MetaName] = MetaName };
    private readonly List<DibBlock> blocks = [];
    private string text = "";
    private int start; // of the block
    private int bodyStart; // of its lines below the separator
    private string? name;

    public IReadOnlyList<DibBlock> Split(string text)
    {
        this.text = text;
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            Take(at, next);
            at = next;
        }

        Close(text.Length);
        return blocks;
    }

    private void Take(int from, int to)
    {
        var content = text.AsSpan(from..to).TrimEnd('\n').TrimEnd('\r');
        var mark = from == 0 ? content.TrimStart('\uFEFF') : content;
        if (name == MetaName && mark.StartsWith("#!", StringComparison.Ordinal))
        {
            // The names that the block itself brings count from here on.
            Close(from);
            name = null;
        }

        if (IsSeparator(mark, from))
        {
            // A byte order mark belongs to no cell.
            Close(mark.Length < content.Length ? from + 1 : from);
            name = mark[2..].TrimEnd().ToString();
            bodyStart = to;
        }
    }

    /// <summary>The metadata block comes first; below a cell its name is text like any other.</summary>
    private bool IsSeparator(ReadOnlySpan<char> line, int from)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal))
        {
            return false;
        }

        var named = line[2..].TrimEnd();
        return names.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(named)
            && (
                !named.SequenceEqual(MetaName)
                || blocks.Count == 0 && name is null && text.AsSpan(bodyStart..from).TrimStart('\uFEFF').IsWhiteSpace()
            );
    }

    private void Close(int end)
    {
        if (end > start || blocks.Count == 0)
        {
            var body = text.AsSpan(Math.Min(bodyStart, end)..end);
            var source = Source(bodyStart == 0 ? body.TrimStart('\uFEFF') : body);
            var language = name is null ? CellLanguage.CSharp : names[name];
            blocks.Add(
                new DibBlock(
                    name,
                    language,
                    source,
                    text.AsMemory(start..end),
                    name == MetaName ? ReadMeta(source) : null
                )
            );
        }

        (start, bodyStart) = (end, end);
    }

    private JsonObject ReadMeta(string source)
    {
        try
        {
            var meta = NotebookJson.Parse(source)?.AsObject() ?? throw new JsonException("It is null.");
            if ((meta["kernelInfo"]?["items"]?.AsArray() ?? []).Any(item => NotebookJson.Text(item, "name") is null))
            {
                throw new JsonException("A kernel has no name.");
            }

            names = Names(meta);
            return meta;
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or NullReferenceException or ArgumentException
            )
        {
            throw new CommandException(
                $"The #!meta block of {fileName} is not the JSON object it should be: {NotebookJson.Reason(exception)}. Correct it or delete the block.",
                exception
            );
        }
    }

    /// <summary>Whether metadata can say in a <c>.dib</c> which kernels there are.</summary>
    public static bool IsKernelInfo(JsonNode info) =>
        info is JsonObject kernels
        && kernels["items"] is null or JsonArray
        && (kernels["items"] as JsonArray ?? []).All(item => NotebookJson.Text(item, "name") is not null);

    /// <summary>What each name on a separator line stands for, with the kernels that the metadata names.</summary>
    public static Dictionary<string, string> Names(JsonObject metadata)
    {
        var names = new Dictionary<string, string>(CellLanguage.Aliases);
        foreach (var item in (metadata["kernelInfo"] as JsonObject)?["items"] as JsonArray ?? [])
        {
            if (NotebookJson.Text(item, "name") is not { } kernel)
            {
                continue;
            }

            names.TryAdd(kernel, kernel);
            foreach (var alias in (item as JsonObject)?["aliases"] as JsonArray ?? [])
            {
                names.TryAdd(NotebookJson.Text(alias) ?? kernel, kernel);
            }
        }

        return names;
    }

    /// <summary>The blocks with those put together again that were one cell when they were written.</summary>
    public static List<DibBlock> Joined(List<DibBlock> blocks, JsonNode? described)
    {
        var next = 0;
        foreach (var (count, of) in DibCellMetadata.Blocks(described))
        {
            // Where nothing was edited by hand, each is where the ones before it end.
            var places = Enumerable.Range(next, Math.Max(0, blocks.Count - count + 1 - next));
            if (count > 1 && places.Cast<int?>().FirstOrDefault(at => Whole(at!.Value, count).Item2 == of) is { } place)
            {
                blocks[place] = Whole(place, count).Item1;
                blocks.RemoveRange(place + 1, count - 1);
                next = place;
            }

            next++;
        }

        return blocks;

        (DibBlock, string?) Whole(int at, int count)
        {
            var raw = string.Concat(blocks.GetRange(at, count).Select(block => block.Raw.ToString()));
            var body = raw.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? raw.AsSpan(end + 1) : default;
            var block = blocks[at] with { Source = Source(body), Raw = raw.AsMemory() };
            return (block, block.Name is null ? null : DibCellMetadata.Fingerprint(block.Language, block.Source));
        }
    }

    /// <summary>The lines from the first that is not blank to the last, with <c>\n</c> between them.</summary>
    private static string Source(ReadOnlySpan<char> lines)
    {
        var first = lines[..^lines.TrimStart().Length].LastIndexOf('\n') + 1;
        var last = lines.TrimEnd().Length;
        if (last <= first)
        {
            return "";
        }

        var end = lines[last..].IndexOf('\n');
        var kept = lines[first..(end < 0 ? lines.Length : last + end)].TrimEnd('\r');
        if (!kept.Contains('\r'))
        {
            return kept.ToString();
        }

        var text = new StringBuilder(kept.Length);
        foreach (var line in kept.Split('\n'))
        {
            text.Append(kept[line].TrimEnd('\r')).Append('\n');
        }

        return text.ToString(0, text.Length - 1);
    }
}
