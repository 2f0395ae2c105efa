using System.CommandLine;
using Notebook.Jupyter;
using TResNet.Charts.Svg;
using TResNet.Compute;
using TResNet.Interactive.Tables;

namespace TResNet.Cli;

/// <summary><c>tresnet jupyter</c>: the kernel's registration, and the kernel itself, which Jupyter starts.</summary>
internal static class JupyterCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("jupyter", "Registers the C# kernel with Jupyter, so that its notebooks run there.");
        command.Subcommands.Add(Install(terminal));
        command.Subcommands.Add(Uninstall(terminal));
        command.Subcommands.Add(List(terminal));
        command.Subcommands.Add(Start());
        return command;
    }

    private static Command Install(Terminal terminal)
    {
        var (name, prefix, dryRun) = (Name(), Prefix(), DryRun());
        var command = new Command(
            "install",
            $"Registers the kernel; Jupyter's menus then list {Product.TResNet.DisplayName}."
        )
        {
            name,
            prefix,
            dryRun,
        };
        command.SetAction(parsed =>
        {
            var options = new KernelSpecOptions
            {
                Launcher = Launcher(),
                Name = parsed.GetRequiredValue(name),
                DisplayName = Product.TResNet.DisplayName,
                Files = Product.TResNet.KernelFiles,
                Prefix = parsed.GetValue(prefix),
            };
            if (parsed.GetValue(dryRun))
            {
                var target = KernelSpec.Folder(options.Name, options.Prefix);
                var replaced = Directory.Exists(target) ? ", in place of what is there" : "";
                terminal.WriteLine($"Would write {target}{replaced}:");
                WriteIndented(terminal, options.FileNames);
                terminal.WriteLine($"Jupyter would start {string.Join(' ', options.Launcher)}");
                return;
            }

            var folder = KernelSpec.Install(options);
            terminal.WriteLine($"Registered in {folder}. Start Jupyter and choose {Product.TResNet.DisplayName}.");
        });
        return command;
    }

    private static Command Uninstall(Terminal terminal)
    {
        var (name, prefix, dryRun) = (Name(), Prefix(), DryRun());
        var command = new Command("uninstall", "Removes the registration.") { name, prefix, dryRun };
        command.SetAction(parsed =>
        {
            var (kernel, place) = (parsed.GetRequiredValue(name), parsed.GetValue(prefix));
            if (parsed.GetValue(dryRun))
            {
                var folder = KernelSpec.InstalledFolder(kernel, place);
                terminal.WriteLine($"Would remove {folder}:");
                WriteIndented(
                    terminal,
                    Directory
                        .EnumerateFileSystemEntries(folder)
                        .Select(file => Path.GetFileName(file))
                        .Order(StringComparer.Ordinal)
                );
                return;
            }

            terminal.WriteLine($"Removed {KernelSpec.Uninstall(kernel, place)}.");
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var prefix = Prefix();
        prefix.Description = "An environment to look in; for the user and in /usr/local and /usr when left out.";
        var command = new Command("list", "Lists the kernels that Jupyter finds, and which are this project's.")
        {
            prefix,
        };
        command.SetAction(parsed =>
        {
            string?[] places = parsed.GetValue(prefix) is { } only ? [only] : [null, "/usr/local", "/usr"];
            var kernels = places
                .SelectMany(place => KernelSpec.List(place))
                .DistinctBy(kernel => kernel.Folder)
                .ToList();
            if (kernels.Count == 0)
            {
                terminal.WriteLine(
                    $"Jupyter has no kernels here; 'tresnet jupyter install' adds {Product.TResNet.DisplayName}."
                );
                return;
            }

            terminal.Write(
                new Table
                {
                    Columns = [new("name"), new("display name"), new("TResNet's"), new("folder")],
                    Rows =
                    [
                        .. kernels.Select(kernel =>
                            (IReadOnlyList<Cell>)[kernel.Name, kernel.DisplayName, Mark(kernel), kernel.Folder]
                        ),
                    ],
                }
            );
        });
        return command;
    }

    /// <summary>Whether a kernel is of this project, and whether it still starts.</summary>
    private static string Mark(InstalledKernel kernel) =>
        kernel.Launcher is null ? "no"
        : kernel.IsBroken ? "yes, but its program is gone: install again"
        : kernel.Launcher.SequenceEqual(Launcher()) ? "yes"
        : "yes, from another place";

    private static void WriteIndented(Terminal terminal, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            terminal.WriteLine($"  {line}");
        }
    }

    private static Command Start()
    {
        var connection = new Argument<string>("connection") { Description = "The connection file that Jupyter wrote." };
        var command = new Command("start", "Runs the kernel; Jupyter calls it with a connection file.") { connection };
        command.SetAction(
            async (parsed, cancel) =>
            {
                if (Environment.GetEnvironmentVariable(KernelSpec.NameVariable) is { Length: > 0 } name)
                {
                    FigurePictures.ServedPlotly = $"kernelspecs/{name}/{Product.Plotly}";
                }

                using var host = Product.NewNotebook();
                await JupyterKernel.RunAsync(parsed.GetRequiredValue(connection), host, cancel);
            }
        );
        return command;
    }

    /// <summary>How this program is started.</summary>
    internal static IReadOnlyList<string> Launcher() => Programs.Again(typeof(JupyterCommand).Assembly);

    private static Option<string> Name() =>
        new("--name")
        {
            Description = "The kernel's name, which is its folder's.",
            DefaultValueFactory = _ => Product.TResNet.Name,
            HelpName = "name",
        };

    private static Option<bool> DryRun() =>
        new("--dry-run") { Description = "Says what would be done, and does nothing." };

    private static Option<string?> Prefix() =>
        new("--prefix")
        {
            Description = "An environment such as /usr/local or a virtualenv; for the user alone when left out.",
            HelpName = "folder",
        };
}
