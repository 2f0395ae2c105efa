using System.Reflection;

namespace TResNet.Profiling.Throughput;

/// <summary>Which build of this project measured: a result of another one is another result.</summary>
internal static class BuildVersion
{
    private const int Digits = 7;

    /// <summary>
    /// The version with the first digits of the commit, <c>0.1.0+1df2482</c>, and of what was changed since where it was built of changed files,
    /// <c>0.1.0+1df2482.83baae6</c>; the version alone where it was built outside of git.
    /// </summary>
    public static string Current { get; } =
        Shortened(
            typeof(BuildVersion)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion
        );

    private static string Shortened(string version) =>
        version.Split('+', 2) is [var number, var revision]
            ? $"{number}+{string.Join('.', revision.Split('.').Select(part => part[..Math.Min(Digits, part.Length)]))}"
            : version;
}
