namespace Notebook.Session.Assemblies;

/// <summary>A native library of a package needs another that the machine lacks. Code that tries several names goes on to the next.</summary>
internal sealed class MissingLibraryException(string library, string needed, Exception cause)
    : DllNotFoundException(Sentence(library, needed), cause)
{
    /// <summary>What is missing, and what to do.</summary>
    public static string Sentence(string library, string needed) =>
        $"{library} needs {needed}, which is not on this machine: install the system's package that has it (apt-file search {needed} names it on Debian and Ubuntu).";
}
