using Notebook.Documents;

namespace Notebook;

/// <summary>What the program that hosts notebooks is called, and where it keeps what outlives a session.</summary>
public sealed record HostProduct
{
    /// <summary>A program that nobody named.</summary>
    public static HostProduct Unnamed { get; } = new() { Name = "csharp-notebook", DisplayName = "C#" };

    /// <summary>
    /// The kernel's name in Jupyter, in logs and of the program's folders: lower-case letters, digits, dots, dashes and underscores.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>What menus show for the kernel.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What the program calls itself in its banner; by default <see cref="DisplayName"/>.</summary>
    public string Title
    {
        get => field ?? DisplayName;
        init;
    }

    /// <summary>The kernel's implementation as <c>kernel_info_reply</c> names it; by default <see cref="Name"/>.</summary>
    public string Implementation
    {
        get => field ?? Name;
        init;
    }

    /// <summary>The program's version, such as <c>1.2.0</c>; by default the host's.</summary>
    public string Version { get; init; } = typeof(HostProduct).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Entries of the front end's help menu, below those of C# and .NET.</summary>
    public IReadOnlyList<ProductLink> HelpLinks { get; init; } = [];

    /// <summary>What Jupyter serves with the kernel: the pictures of its menus, and what outputs load; nothing by default.</summary>
    public IReadOnlyList<KernelFile> KernelFiles { get; init; } = [];

    /// <summary>
    /// Where the history of cells is kept; by default a folder called <see cref="Name"/> in <c>$XDG_STATE_HOME</c>, or in <c>~/.local/state</c>
    /// without one; on Windows in the folder of local application data.
    /// </summary>
    public string StateFolder
    {
        get => field ?? Path.Combine(State(), Name);
        init;
    }

    /// <summary>
    /// Where what can be had again is kept, such as what restores of packages found out; by default a folder called <see cref="Name"/> in
    /// <c>$XDG_CACHE_HOME</c>, or in <c>~/.cache</c> without one.
    /// </summary>
    public string CacheFolder
    {
        get => field ?? Path.Combine(UserFolder("XDG_CACHE_HOME", ".cache"), Name);
        init;
    }

    /// <summary>The kernel that notebooks name which are written here and named none.</summary>
    public DocumentKernel Kernel => new(Name, DisplayName);

    private static string State() =>
        OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("XDG_STATE_HOME") is null or ""
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : UserFolder("XDG_STATE_HOME", ".local", "state");

    private static string UserFolder(string variable, params string[] otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen
            ? chosen
            : Path.Combine([Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), .. otherwise]);
}

/// <summary>An entry of a help menu.</summary>
/// <param name="Text">What the menu shows.</param>
/// <param name="Url">The page that it opens.</param>
public sealed record ProductLink(string Text, string Url);

/// <summary>A file beside a kernel's <c>kernel.json</c>, which Jupyter's server gives as <c>kernelspecs/NAME/FILE</c>.</summary>
/// <param name="FileName">
/// Any name; menus show <c>logo-32x32.png</c>, <c>logo-64x64.png</c> (both of that many pixels) or <c>logo-svg.svg</c>.
/// </param>
/// <param name="Open">Opens the file's bytes; the caller closes them.</param>
public sealed record KernelFile(string FileName, Func<Stream> Open);
