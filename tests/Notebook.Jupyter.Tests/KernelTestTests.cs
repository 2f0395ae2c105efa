using System.Diagnostics;
using System.Text.RegularExpressions;
using Tests;

namespace Notebook.Jupyter.Tests;

/// <summary>Jupyter's own test of kernels, Debian's python3-jupyter-kernel-test.</summary>
public sealed class KernelTestTests : IDisposable
{
    private readonly RegisteredKernel kernel = new();

    public void Dispose() => kernel.Dispose();

    [FactIfKernelTest]
    public async Task Every_applicable_test_passes()
    {
        var (exitCode, output, error) = await kernel.Python("kernel_test.py");
        Assert.True(exitCode == 0, output + error);
        var results = Regex
            .Matches(output, @"^(test_\w+) .*\.\.\. (\w+)", RegexOptions.Multiline)
            .Select(result => $"{result.Groups[1]} {result.Groups[2]}")
            .Order();
        Assert.Equal(
            [
                "test_clear_output ok",
                "test_completion ok",
                "test_display_data ok",
                "test_error ok",
                "test_execute_result ok",
                "test_execute_stderr ok",
                "test_execute_stdout ok",
                "test_history ok",
                "test_inspect ok",
                "test_is_complete ok",
                "test_kernel_info ok",
                // Payloads that open a pager are deprecated, and C# has nothing that would send one.
                "test_pager skipped",
            ],
            results
        );
        Assert.Matches(@"\nRan 12 tests in ", output);
        Assert.EndsWith("\nOK (skipped=1)\n", output);
    }
}

/// <summary>Skips where jupyter_kernel_test is not installed.</summary>
internal sealed class FactIfKernelTestAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        if (new FactIfNbclientAttribute().Skip is { } reason)
        {
            return reason;
        }

        var start = new ProcessStartInfo(FactIfNbclientAttribute.Python, ["-c", "import jupyter_kernel_test"])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "install python3-jupyter-kernel-test.";
    });

    public FactIfKernelTestAttribute() => Skip = Missing.Value;
}
