using System.Diagnostics;
using System.Text.RegularExpressions;
using Tests;

namespace TResNet.Cli.Tests;

/// <summary>What only a process of its own shows: signals, and a machine without libtorch.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("build")]
    [InlineData("train")]
    [InlineData("profile")]
    [InlineData("doctor")]
    public async Task Without_libtorch_there_is_one_sentence(string command)
    {
        using var process = Start(command, ("NUGET_PACKAGES", folder), ("HOME", folder));
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("tresnet: ", errors);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", errors);
        Assert.Contains(
            "libtorch.so was not found beside the program nor among NuGet's packages",
            errors + await output
        );
    }

    [Fact]
    public async Task Another_home_than_that_of_the_build_still_finds_libtorch()
    {
        using var process = Start("build --model tresnet_nano", ("HOME", folder));
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>What is no cell's is not read for it, as Roslyn does with each file that it finds; the rest is mapped.</summary>
    [Fact]
    public async Task The_first_cell_costs_little_of_the_assemblies_of_the_program()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var output = await Printed("""Console.WriteLine(File.ReadLines("/proc/self/io").First());""");

        var read = Regex.Match(output, @"rchar: (\d+)");
        Assert.True(read.Success, output);
        Assert.InRange(long.Parse(read.Groups[1].Value), 1, 20_000_000);
    }

    /// <summary>As the launcher starts it, with one heap for all threads.</summary>
    [Fact]
    public async Task The_tables_of_libtorch_lie_in_large_pages()
    {
        if (!Directory.Exists("/sys/kernel/mm/transparent_hugepage"))
        {
            return;
        }

        var output = await Printed(
            """
            Console.WriteLine(torch.ones(3).sum().item<float>());
            var mappings = File.ReadAllText("/proc/self/smaps").Split("VmFlags:");
            foreach (var (mapping, next) in mappings.Zip(mappings.Skip(1)))
                if (mapping.Contains("[heap]") && next.Split('\n')[0].Contains(" hg"))
                    Console.WriteLine("large:" + mapping.Split("\nSize:")[1].Split("kB")[0]);
            """,
            ("MALLOC_ARENA_MAX", "1")
        );

        var large = Regex.Match(output, @"large: *(\d+)");
        Assert.True(large.Success, output);
        Assert.InRange(long.Parse(large.Groups[1].Value), 50 << 10, 60 << 10);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3,2")]
    public async Task The_number_of_threads_is_that_of_OpenMP_where_it_is_set(string asked)
    {
        using var process = Start("doctor", ("OMP_NUM_THREADS", asked));
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Matches($@"libtorch [\d.]+, {asked[0]} threads?\b", output);
        Assert.Equal("", await errors);
    }

    [Fact]
    public async Task Without_the_native_kernels_a_network_is_measured_and_the_doctor_says_what_is_slower()
    {
        foreach (
            var (command, said) in new[]
            {
                ("doctor", "– kernels         The native kernels are switched off by TRESNET_KERNELS=0."),
                ("profile --model resnet18 --input-size 32 --batch-size 2 --rounds 1 --optimize", "resnet18"),
            }
        )
        {
            using var process = Start(command, ("TRESNET_KERNELS", "0"));
            var errors = process.StandardError.ReadToEndAsync();
            Assert.Contains(said, await process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.Equal((0, ""), (process.ExitCode, await errors));
        }
    }

    [Theory]
    [InlineData("no library", "was not built or does not load")]
    [InlineData("int tresnet_kernels_version(void) { return 7; }", "is of another build (interface 7, not")]
    public async Task Native_kernels_of_another_build_are_told_and_left_alone(string library, string said)
    {
        if (library.Contains('(') && !File.Exists("/usr/bin/gcc"))
        {
            return;
        }

        // A copy of the program in hard links, so that one file can be another.
        var copy = Path.Combine(folder, "program");
        Run("cp", "-al", AppContext.BaseDirectory, copy);
        var kernels = Path.Combine(copy, "libtresnet_kernels.so");
        File.Delete(kernels);
        var source = Path.Combine(folder, "library.c");
        File.WriteAllText(source, library);
        if (library.Contains('('))
        {
            Run("/usr/bin/gcc", "-shared", "-fPIC", "-o", kernels, source);
        }
        else
        {
            File.Copy(source, kernels);
        }

        using var process = StartProgram(Path.Combine(copy, "TResNet.Cli.dll"), "doctor");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Contains(
            $"– kernels         The library libtresnet_kernels.so {said}",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("✓ operators", output, StringComparison.Ordinal);
        Assert.Equal("", await errors);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var run = Process.Start(program, arguments);
        run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Native_kernels_that_lack_a_library_of_the_system_name_it()
    {
        if (!File.Exists("/usr/bin/gcc"))
        {
            return;
        }

        var copy = Path.Combine(folder, "program");
        Run("cp", "-al", AppContext.BaseDirectory, copy);
        var (kernels, needed) = (Path.Combine(copy, "libtresnet_kernels.so"), Path.Combine(folder, "libgone.so"));
        File.Delete(kernels);
        var source = Path.Combine(folder, "library.c");
        File.WriteAllText(source, "int gone(void) { return 1; }");
        Run("/usr/bin/gcc", "-shared", "-fPIC", "-Wl,-soname,libgone.so.2", "-o", needed, source);
        File.WriteAllText(source, "int gone(void); int tresnet_kernels_version(void) { return gone(); }");
        Run("/usr/bin/gcc", "-shared", "-fPIC", "-o", kernels, source, "-L" + folder, "-lgone");

        using var process = StartProgram(Path.Combine(copy, "TResNet.Cli.dll"), "doctor");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Contains(
            "The library libtresnet_kernels.so needs libgone.so.2, which this system does not have; ",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("✓ operators", output, StringComparison.Ordinal);
        Assert.Equal("", await errors);
    }

    [Fact]
    public async Task On_one_core_there_is_one_thread()
    {
        using var process = Process.Start(
            new ProcessStartInfo("taskset", ["-c", "0", "dotnet", BuiltProgram.Location, "doctor"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Matches(@"libtorch [\d.]+, 1 thread\b", await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_training_between_two_steps_and_keeps_the_weights()
    {
        var file = Path.Combine(folder, "out.safetensors");
        var run = Path.Combine(folder, "run");
        using var process = Start($"train --epochs 300 --batch-size 16 --run {run} --save-every 0.001 --output {file}");
        var output = process.StandardOutput.ReadToEndAsync();
        for (var i = 0; i < 1200 && !HasStates(); i++)
        {
            await Task.Delay(100);
        }

        await Process.Start("kill", $"-INT {process.Id}").WaitForExitAsync();

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Interrupted after", await output);
        Assert.Contains("Weights saved to", await output);
        Assert.True(File.Exists(file));
        Assert.Single(Directory.GetFiles(folder));

        bool HasStates() => Directory.Exists(run) && Directory.EnumerateFiles(run, "state-*").Any();
    }

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-KILL", 137)]
    public async Task A_run_that_is_stopped_or_killed_leaves_what_it_had(string signal, int code)
    {
        var (notebook, output) = (Path.Combine(folder, "long.dib"), Path.Combine(folder, "long.ipynb"));
        await File.WriteAllTextAsync(notebook, "#!csharp\n40 + 2\n#!csharp\nThread.Sleep(120_000);\n");
        using var process = Start($"run {notebook} --out {output}");
        for (var i = 0; i < 1200 && !(File.Exists(output) && File.ReadAllText(output).Contains("\"42\"")); i++)
        {
            await Task.Delay(100);
        }

        await Task.Delay(300);
        await Process.Start("kill", $"{signal} {process.Id}").WaitForExitAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);

        Assert.Equal(code, process.ExitCode);
        Assert.Contains("\"42\"", await File.ReadAllTextAsync(output));
        Assert.Equal(["long.dib", "long.ipynb"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    /// <summary>What a cell prints, run as a notebook that nothing goes wrong in.</summary>
    private async Task<string> Printed(string cell, params (string Name, string Value)[] variables)
    {
        var notebook = Path.Combine(folder, "cell.dib");
        await File.WriteAllTextAsync(notebook, $"#!csharp\n{cell}\n");
        using var process = Start($"run {notebook}", variables);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal("", await errors);
        return output;
    }

    private static Process Start(string arguments, params (string Name, string Value)[] variables) =>
        StartProgram(BuiltProgram.Location, arguments, variables);

    private static Process StartProgram(
        string program,
        string arguments,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo("dotnet", $"{program} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
