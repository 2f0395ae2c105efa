// A cell is several languages: its magic lines are answered by the magics' definitions, its C# by the C# service.
using Notebook.Language;
using Notebook.Magics;

namespace Notebook;

/// <summary>The language of a whole cell.</summary>
/// <param name="magics">The magics of the notebook.</param>
/// <param name="csharp">
/// Answers for C#. It gets the whole cell with the other lines blanked, so that positions stay what they are.
/// </param>
internal sealed class NotebookLanguage(MagicRegistry magics, ILanguageService csharp) : ILanguageService
{
    /// <inheritdoc/>
    public CompletionList Complete(string code, int position)
    {
        if (CellLimit.IsBeyond(code))
        {
            return CompletionList.None(position);
        }

        var (line, start, end) = LineAt(code, position);
        switch (CellSplitter.KindsOfLines(code)[line])
        {
            case SegmentKind.Magic:
                return MagicCompletion.Complete(magics, code[start..end], position - start).Moved(start);
            case SegmentKind.CSharp when code[start..end].Trim() == "#!":
                return MagicCompletion.Complete(magics, code[start..end], position - start).Moved(start);
            case SegmentKind.CSharp:
                return csharp.Complete(CSharpOf(code), position);
            default:
                return CompletionList.None(position);
        }
    }

    /// <inheritdoc/>
    public string? Inspect(string code, int position, int detail)
    {
        if (CellLimit.IsBeyond(code))
        {
            return null;
        }

        var (line, start, end) = LineAt(code, position);
        return CellSplitter.KindsOfLines(code)[line] switch
        {
            SegmentKind.Magic => MagicInspection.Inspect(magics, code[start..end], position - start),
            SegmentKind.CSharp => csharp.Inspect(CSharpOf(code), position, detail),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public Completeness IsComplete(string code)
    {
        // Only the last part can go on: what stands above a magic is finished.
        var last = CellLimit.IsBeyond(code) ? null : CellSplitter.Split(code).LastOrDefault();
        return last is { Kind: SegmentKind.CSharp }
            ? csharp.IsComplete(last.Text)
            : new Completeness(CompletenessStatus.Complete);
    }

    /// <summary>The line of a position: its number from 0, and where it begins and ends.</summary>
    private static (int Line, int Start, int End) LineAt(string code, int position)
    {
        var start = position == 0 ? 0 : code.LastIndexOf('\n', position - 1) + 1;
        var next = code.IndexOf('\n', position);
        return (code.AsSpan(0, start).Count('\n'), start, next < 0 ? code.Length : next);
    }

    private static string CSharpOf(string code)
    {
        var kinds = CellSplitter.KindsOfLines(code);
        return string.Join(
            '\n',
            code.Split('\n').Select((line, i) => kinds[i] == SegmentKind.CSharp ? line : new string(' ', line.Length))
        );
    }
}
