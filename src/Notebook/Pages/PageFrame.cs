namespace Notebook.Pages;

/// <summary>What stands around a notebook's page where it is one of several.</summary>
public sealed record PageFrame
{
    /// <summary>The page that lists all.</summary>
    public required PageLink Home { get; init; }

    /// <summary>The page before; null for the first.</summary>
    public PageLink? Previous { get; init; }

    /// <summary>The page after; null for the last.</summary>
    public PageLink? Next { get; init; }

    /// <summary>The pages of notebooks, by the address that Markdown has of each: a link to a notebook leads to its page.</summary>
    public IReadOnlyDictionary<string, string> Pages { get; init; } = new Dictionary<string, string>();
}

/// <summary>A page among several.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Address">Where it is, relative to the page that links to it.</param>
public sealed record PageLink(string Title, string Address);
