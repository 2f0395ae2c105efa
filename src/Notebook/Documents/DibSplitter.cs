// How a .dib is read: by lines, whatever is in the cells, as .NET Interactive reads it.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Language;

namespace Notebook.Documents;

/// <summary>What stands between two separators, with the text it was read from.</summary>
internal sealed record DibBlock(string? Name, string Language, string Source, string Raw, JsonObject? Meta);

/// <summary>Walks the lines of a file, learning kernel names from its <c>#!meta</c> block on the way.</summary>
internal sealed class DibSplitter(string fileName)
{
    /// <summary>The name of the block that holds the notebook's metadata.</summary>
    public const string MetaName = "meta";

    private Dictionary<string, string> names = new(CellLanguage.Aliases) { [MetaName] = MetaName };
    private readonly List<DibBlock> blocks = [];
    private readonly StringBuilder raw = new();
    private readonly List<string> body = [];
    private string? name;

    public IReadOnlyList<DibBlock> Split(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            var line = end < 0 ? text[at..] : text[at..(end + 1)];
            at += line.Length;
            Take(line);
        }

        Close();
        return blocks;
    }

    private void Take(string line)
    {
        var content = line.TrimEnd('\n').TrimEnd('\r');
        var mark = raw.Length == 0 && blocks.Count == 0 ? content.TrimStart('\uFEFF') : content;
        if (name == MetaName && mark.StartsWith("#!", StringComparison.Ordinal))
        {
            // The names that the block itself brings count from here on.
            Close();
            name = null;
        }

        if (IsSeparator(mark))
        {
            if (mark.Length < content.Length)
            {
                raw.Append('\uFEFF');
                line = line[1..];
            }

            Close();
            name = mark[2..].TrimEnd();
        }
        else
        {
            body.Add(mark);
        }

        raw.Append(line);
    }

    /// <summary>The metadata block comes first; below a cell its name is text like any other.</summary>
    private bool IsSeparator(string line) =>
        line.StartsWith("#!", StringComparison.Ordinal)
        && names.ContainsKey(line[2..].TrimEnd())
        && (
            line[2..].TrimEnd() != MetaName || blocks.Count == 0 && name is null && body.All(string.IsNullOrWhiteSpace)
        );

    private void Close()
    {
        var source = WithoutBlankEnds(body);
        if (raw.Length > 0 || blocks.Count == 0)
        {
            var language = name is null ? CellLanguage.CSharp : names[name];
            blocks.Add(
                new DibBlock(name, language, source, raw.ToString(), name == MetaName ? ReadMeta(source) : null)
            );
        }

        raw.Clear();
        body.Clear();
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
            var raw = string.Concat(blocks.GetRange(at, count).Select(block => block.Raw));
            var block = blocks[at] with { Source = WithoutBlankEnds(CellSplitter.Lines(raw).Skip(1)), Raw = raw };
            return (block, block.Name is null ? null : DibCellMetadata.Fingerprint(block.Language, block.Source));
        }
    }

    private static string WithoutBlankEnds(IEnumerable<string> lines) =>
        string.Join(
            '\n',
            lines.SkipWhile(string.IsNullOrWhiteSpace).Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()
        );
}
