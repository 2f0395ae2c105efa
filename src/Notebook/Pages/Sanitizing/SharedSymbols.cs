using AngleSharp.Dom;

namespace Notebook.Pages.Sanitizing;

/// <summary>What drawings of an output use of each other, as xarray's icons are: an image sees nothing beside itself, so each gets its own.</summary>
internal static class SharedSymbols
{
    /// <summary>Letters that are copied in one output; a symbol may be large, and used everywhere.</summary>
    private const int MostCopied = 1 << 22;

    /// <summary>Copies into each drawing what it uses by <c>&lt;use href="#id"&gt;</c> and another has.</summary>
    /// <param name="drawings">The outermost elements.</param>
    public static void TakeIn(IReadOnlyList<IElement> drawings)
    {
        var symbols = new Dictionary<string, IElement>(StringComparer.Ordinal);
        foreach (var element in drawings.SelectMany(drawing => drawing.QuerySelectorAll("[id]")))
        {
            symbols.TryAdd(element.Id!, element);
        }

        // Sizes before anything was copied: a symbol's own copies are counted where they are made.
        var letters = new Dictionary<IElement, int>();
        var left = MostCopied;
        foreach (var drawing in drawings)
        {
            var has = drawing.QuerySelectorAll("[id]").Select(element => element.Id!).ToHashSet(StringComparer.Ordinal);
            var wanted = new Queue<string>(Uses(drawing));
            while (wanted.TryDequeue(out var id))
            {
                if (has.Contains(id) || !symbols.TryGetValue(id, out var symbol))
                {
                    continue;
                }

                if (!letters.TryGetValue(symbol, out var size))
                {
                    letters[symbol] = size = symbol.OuterHtml.Length;
                }

                if (size > left)
                {
                    return;
                }

                left -= size;
                var copy = (IElement)symbol.Clone();
                var definitions = drawing.Owner!.CreateElement(NamespaceNames.SvgUri, "defs");
                definitions.AppendChild(copy);
                drawing.AppendChild(definitions);
                has.UnionWith(definitions.QuerySelectorAll("[id]").Select(element => element.Id!));
                foreach (var inner in Uses(copy))
                {
                    wanted.Enqueue(inner);
                }
            }
        }
    }

    private static IEnumerable<string> Uses(IElement element) =>
        element
            .QuerySelectorAll("use")
            .Select(use => use.GetAttribute("href") ?? use.GetAttribute("xlink:href"))
            .OfType<string>()
            .Where(address => address is ['#', _, ..])
            .Select(address => address[1..]);
}
