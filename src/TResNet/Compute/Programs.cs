using System.Reflection;

namespace TResNet.Compute;

/// <summary>Programs that are started: this one once more, and others by their names.</summary>
internal static class Programs
{
    /// <summary>How this process's program is started: dotnet with the assembly, or the program itself where it is one file.</summary>
    /// <param name="program">The program's assembly.</param>
    public static IReadOnlyList<string> Again(Assembly program)
    {
        var own = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(own) == "dotnet" ? [own, program.Location] : [own];
    }

    /// <summary>Where a program is; null where it is not.</summary>
    /// <param name="name">Its file's name.</param>
    /// <param name="others">Folders to look at after those of <c>PATH</c>.</param>
    public static string? Find(string name, params string[] others) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(others)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
