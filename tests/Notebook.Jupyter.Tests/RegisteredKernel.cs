using System.Diagnostics;
using System.Text.Json;
using Notebook.Outputs;
using Tests;

namespace Notebook.Jupyter.Tests;

/// <summary>The kernel as a process of its own, registered in a folder where Jupyter's client finds it.</summary>
internal sealed class RegisteredKernel : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("jupyter-");

    public RegisteredKernel() =>
        KernelSpec.Install(
            new KernelSpecOptions
            {
                Name = "under-test",
                DisplayName = "Under test (C#)",
                Prefix = folder.FullName,
                Launcher =
                [
                    Environment.ProcessPath!,
                    Path.Combine(AppContext.BaseDirectory, "Notebook.TestKernel.dll"),
                ],
            }
        );

    /// <summary>A file for a test to write.</summary>
    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Starts the kernel as Jupyter does, without Jupyter.</summary>
    /// <param name="connection">Its connection file.</param>
    /// <param name="temporary">The folder that it takes for temporary files.</param>
    public Process Start(string connection, string temporary)
    {
        using var spec = JsonDocument.Parse(File.ReadAllText(PathOf("share/jupyter/kernels/under-test/kernel.json")));
        string[] argv = [.. spec.RootElement.GetProperty("argv").EnumerateArray().Select(word => word.GetString()!)];
        var start = new ProcessStartInfo(argv[0], argv[1..^1].Append(connection));
        foreach (var variable in spec.RootElement.GetProperty("env").EnumerateObject())
        {
            start.Environment[variable.Name] = variable.Value.GetString();
        }

        start.Environment["XDG_STATE_HOME"] = PathOf("state");
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    /// <summary>Runs a script with the kernel's name and more arguments, and returns what it prints.</summary>
    public async Task<(int ExitCode, string Output, string Error)> Python(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            FactIfNbclientAttribute.Python,
            [Path.Combine(AppContext.BaseDirectory, script), "under-test", .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_PATH"] = PathOf("share/jupyter");
        start.Environment["JUPYTER_RUNTIME_DIR"] = PathOf("runtime");
        start.Environment["XDG_STATE_HOME"] = PathOf("state");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
