using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Tests;

/// <summary>
/// Holds rendered output to a committed file, with Verify's convention: <c>Class.Method.verified.ext</c> beside the test.
/// A difference leaves <c>.received.</c> next to it; moving that over the verified file accepts the change.
/// </summary>
internal static class Snapshot
{
    public static void Match(
        string actual,
        string extension = "txt",
        string? suffix = null,
        [CallerFilePath] string source = "",
        [CallerMemberName] string member = ""
    )
    {
        var stem = $"{Path.GetFileNameWithoutExtension(source)}.{member}{(suffix is null ? "" : "." + suffix)}";
        var folder = Path.GetDirectoryName(source)!;
        var verified = Path.Combine(folder, $"{stem}.verified.{extension}");
        var received = Path.Combine(folder, $"{stem}.received.{extension}");
        actual = Normalise(actual);
        var expected = File.Exists(verified) ? Normalise(File.ReadAllText(verified)) : null;
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        throw new XunitException(
            expected is null
                ? $"There is no {verified} yet. Look at {received} and rename it if it is right."
                : $"{Path.GetFileName(received)} differs from the verified file at {FirstDifference(expected, actual)}"
        );
    }

    private static string Normalise(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < Math.Min(left.Length, right.Length) && left[line] == right[line])
        {
            line++;
        }

        return $"line {line + 1}:\n  expected: {left.ElementAtOrDefault(line)}\n  actual:   {right.ElementAtOrDefault(line)}";
    }
}
