using System.Diagnostics;
using System.Reflection;

namespace Notebook.Packages;

/// <summary>Names and versions of assemblies that need not be loaded.</summary>
internal static class AssemblyFile
{
    /// <summary>The name that an assembly in the file has.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Its name and version, for a sentence.</summary>
    public static string NameAndVersion(string path) => $"{NameOf(path)} {VersionOf(path)}";

    /// <summary>The version that its authors gave it, where the file says one, else the assembly's.</summary>
    public static string ExactVersion(string path) =>
        FileVersionInfo.GetVersionInfo(path).ProductVersion?.Split('+')[0] is { Length: > 0 } version
            ? version
            : $"{VersionOf(path)}";

    /// <summary>Whether it is newer than another: by the files' versions where the assemblies' are the same, which some keep for ever.</summary>
    public static bool IsNewer(string path, string than) =>
        VersionOf(path) is { } asked
        && VersionOf(than) is { } here
        && (asked > here || asked == here && FileVersionOf(path) > FileVersionOf(than));

    private static Version FileVersionOf(string path)
    {
        var found = FileVersionInfo.GetVersionInfo(path);
        return new(found.FileMajorPart, found.FileMinorPart, found.FileBuildPart, found.FilePrivatePart);
    }

    /// <summary>The assembly's version; null where the file holds none.</summary>
    public static Version? VersionOf(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path).Version;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
