using System.Runtime.CompilerServices;

namespace Tests;

/// <summary>Keeps tests, and the programs that they start, out of the user's cache folder.</summary>
internal static class TemporaryCache
{
    public static string Folder { get; } = Directory.CreateTempSubdirectory("tresnet-cache-").FullName;

    [ModuleInitializer]
    internal static void Use()
    {
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
    }
}
