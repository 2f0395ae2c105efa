using System.Diagnostics;

namespace Notebook.Tests;

/// <summary>A fact about native libraries, which it compiles; skipped where there is no C compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfCompilerAttribute : FactAttribute
{
    public FactIfCompilerAttribute() =>
        Skip = File.Exists("/usr/bin/cc") ? null : "There is no /usr/bin/cc: install gcc.";

    /// <summary>Compiles a library and returns its file.</summary>
    public static string Compile(string folder, string name, string code, params string[] needs)
    {
        var (source, library) = (Path.Combine(folder, name + ".c"), Path.Combine(folder, $"lib{name}.so"));
        File.WriteAllText(source, code);
        using var compiler = Process.Start(
            "/usr/bin/cc",
            ["-shared", "-fPIC", source, $"-Wl,-soname,lib{name}.so", .. needs, "-o", library]
        );
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
