// The native libraries of packages. Each package has a folder of its own in NuGet's cache, while libraries that need one another expect to lie
// side by side, as they do beside a built program: what one needs is loaded before it.
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Notebook.Session.Assemblies;

/// <summary>Finds and loads native libraries by the names that managed code calls them. Safe to use from several threads.</summary>
internal sealed partial class NativeLibraries
{
    private readonly Lock gate = new();
    private readonly List<string> places = [];

    /// <summary>Adds files, and folders to look in.</summary>
    public void Add(params IEnumerable<string> paths)
    {
        lock (gate)
        {
            places.AddRange(paths.Except(places).ToList());
        }
    }

    /// <summary>Loads a library; zero where no package has one of that name.</summary>
    /// <exception cref="MissingLibraryException">A package has it, and it needs another that is not on this machine.</exception>
    public nint Find(string name)
    {
        var fileName = Path.GetFileName(name);
        string[] spellings =
        [
            fileName,
            $"lib{fileName}.so",
            $"{fileName}.so",
            $"lib{fileName}.dylib",
            $"{fileName}.dylib",
            $"{fileName}.dll",
        ];
        MissingLibraryException? refused = null;
        foreach (var file in spellings.SelectMany(FilesOf))
        {
            try
            {
                return Load(file, []);
            }
            catch (MissingLibraryException exception)
            {
                refused = exception;
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException) { }
        }

        return refused is null ? 0 : throw refused;
    }

    /// <summary>What the runtime says on a page of a library that cannot be loaded, in one sentence; null where it says something else.</summary>
    public static string? Explain(DllNotFoundException exception)
    {
        if (exception is MissingLibraryException || Asked().Match(exception.Message) is not { Success: true } asked)
        {
            return null;
        }

        var library = asked.Groups["name"].Value;
        var needed = Needed().Match(exception.Message).Groups["name"].Value;
        return
            needed.Length > 0 && !Path.GetFileName(needed).Contains(Path.GetFileName(library), StringComparison.Ordinal)
            ? MissingLibraryException.Sentence(library, needed)
            : $"The native library '{library}' is neither on this machine nor in a package of this session: install it, or reference the package that brings it for {RuntimeInformation.RuntimeIdentifier}; some have one of its own for that, such as SkiaSharp.NativeAssets.Linux.";
    }

    private List<string> FilesOf(string fileName)
    {
        lock (gate)
        {
            return
            [
                .. places
                    .Select(place => Directory.Exists(place) ? Path.Combine(place, fileName) : place)
                    .Where(file => Path.GetFileName(file) == fileName && File.Exists(file)),
            ];
        }
    }

    private nint Load(string file, HashSet<string> tried)
    {
        while (true)
        {
            try
            {
                return NativeLibrary.Load(file);
            }
            catch (DllNotFoundException exception) when (Needed().Match(exception.Message) is { Success: true } match)
            {
                var needed = match.Groups["name"].Value;
                if (!tried.Add(needed) || FilesOf(needed) is not [var there, ..])
                {
                    throw new MissingLibraryException(Path.GetFileName(file), needed, exception);
                }

                Load(there, tried);
            }
        }
    }

    [GeneratedRegex("Unable to load (shared library|DLL) '(?<name>[^']+)'")]
    private static partial Regex Asked();

    // As glibc and musl say it.
    [GeneratedRegex(
        @"(?<name>[\w.+-]+): cannot open shared object file|Error loading shared library (?<name>[\w.+-]+):"
    )]
    private static partial Regex Needed();
}
