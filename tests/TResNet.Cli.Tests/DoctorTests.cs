using Notebook;
using Notebook.Outputs;
using TResNet.Compute.Distributed;

namespace TResNet.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_machine_that_has_all_is_ready()
    {
        var run = await ShellRun.Of(["doctor"]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("✓ libtorch        TorchSharp 0.107.0, libtorch 2.10.0, ", run.Output);
        Assert.Contains("✓ operators       a convolution gives the known result\n", run.Output);
        Assert.Contains("✓ JPEG            libturbojpeg.so.0, for your own images\n", run.Output);
        Assert.Contains("✓ PNG             libpng16.so.16, for your own images\n", run.Output);
        Assert.Contains("8,000 images to train on, 2,000 held out", run.Output);
        Assert.Matches(
            MpiLauncher.Find() is not null && MpiLibrary.WhyNot is null
                ? @"\n✓ MPI             .*\d.* and /.*/mpi(run|exec), for training by several processes\n"
                : @"\n– MPI             .*apt-get install openmpi-bin",
            run.Output
        );
        Assert.EndsWith("Ready: all that is needed is there.\n", run.Output);
    }

    [Fact]
    public void What_is_missing_is_named_and_fails()
    {
        using var output = new StringWriter { NewLine = "\n" };
        Finding[] findings =
        [
            new("libtorch", FindingState.Missing, "libtorch was not found: install it"),
            new("CUDA", FindingState.Optional, "no GPU"),
        ];

        var refusal = Assert.Throws<CommandException>(() =>
            DoctorCommand.Print(new Terminal(output, false, 100), findings)
        );

        Assert.Equal("not ready: libtorch (see above).", refusal.Message);
        Assert.Equal("✗ libtorch  libtorch was not found: install it\n– CUDA      no GPU\n\n", output.ToString());
    }
}
