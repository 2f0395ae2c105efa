using System.CommandLine;
using Notebook;
using Notebook.Jupyter;
using TResNet.Interactive;

namespace TResNet.Cli;

/// <summary><c>tresnet jupyter</c>: the kernel's registration, and the kernel itself, which Jupyter starts.</summary>
internal static class JupyterCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("jupyter", "Registers the C# kernel with Jupyter, so that its notebooks run there.");
        command.Subcommands.Add(Install(terminal));
        command.Subcommands.Add(Uninstall(terminal));
        command.Subcommands.Add(Start());
        return command;
    }

    private static Command Install(Terminal terminal)
    {
        var (name, prefix) = (Name(), Prefix());
        var command = new Command("install", "Registers the kernel; Jupyter's menus then list TResNet (C#).")
        {
            name,
            prefix,
        };
        command.SetAction(parsed =>
        {
            var folder = KernelSpec.Install(
                new KernelSpecOptions
                {
                    Launcher = Launcher(),
                    Name = parsed.GetRequiredValue(name),
                    Prefix = parsed.GetValue(prefix),
                }
            );
            terminal.WriteLine($"Registered in {folder}. Start Jupyter and choose TResNet (C#).");
        });
        return command;
    }

    private static Command Uninstall(Terminal terminal)
    {
        var (name, prefix) = (Name(), Prefix());
        var command = new Command("uninstall", "Removes the registration.") { name, prefix };
        command.SetAction(parsed =>
            terminal.WriteLine(
                $"Removed {KernelSpec.Uninstall(parsed.GetRequiredValue(name), parsed.GetValue(prefix))}."
            )
        );
        return command;
    }

    private static Command Start()
    {
        var connection = new Argument<string>("connection") { Description = "The connection file that Jupyter wrote." };
        var command = new Command("start", "Runs the kernel; Jupyter calls it with a connection file.") { connection };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var host = new NotebookHost([new TResNetExtension()]);
                await JupyterKernel.RunAsync(parsed.GetRequiredValue(connection), host, cancel);
            }
        );
        return command;
    }

    /// <summary>How Jupyter starts this program: dotnet with the assembly, or the program itself where it is one file.</summary>
    private static IReadOnlyList<string> Launcher()
    {
        var program = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, typeof(JupyterCommand).Assembly.Location]
            : [program];
    }

    private static Option<string> Name() =>
        new("--name")
        {
            Description = "The kernel's name, which is its folder's.",
            DefaultValueFactory = _ => "tresnet",
            HelpName = "name",
        };

    private static Option<string?> Prefix() =>
        new("--prefix")
        {
            Description = "An environment such as /usr/local or a virtualenv; for the user alone when left out.",
            HelpName = "folder",
        };
}
