using System.Text.RegularExpressions;
using Notebook.Outputs;

namespace TResNet.Cli.Tests;

/// <summary>One command line, run in this process with its output caught.</summary>
internal sealed record ShellRun(int Code, string Output, string Errors)
{
    public static async Task<ShellRun> Of(string[] args, bool live = false, CancellationToken cancel = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await Shell.RunAsync(args, new Terminal(output, live, 100), errors, cancel);
        return new ShellRun(code, output.ToString(), errors.ToString());
    }

    /// <summary>The output with every duration replaced, so that two runs are alike.</summary>
    public string WithoutTimes => Regex.Replace(Output, @" *\d+\.\d s", " N s");
}
