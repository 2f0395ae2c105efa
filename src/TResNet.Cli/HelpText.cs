// Help as a person reads it: what for, how, each option with its default and choices, examples.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Text;
using Notebook;
using Notebook.Magics;

namespace TResNet.Cli;

/// <summary>The texts of <c>--help</c> and <c>--version</c>.</summary>
internal static class HelpText
{
    private const string Program = "tresnet";

    private static readonly (string Title, string[] Commands)[] Groups =
    [
        (
            "Networks",
            [
                "models",
                "build",
                "train",
                "launch",
                "lr-find",
                "recipes",
                "runs",
                "validate",
                "predict",
                "explain",
                "profile",
                "throughput",
                "ablate",
                "compare",
                "paper",
            ]
        ),
        ("Images", ["suggest", "data"]),
        ("Weights", ["weights", "convert-weights", "export"]),
        ("Notebooks", ["new", "run", "convert", "gallery", "jupyter"]),
        ("This machine", ["doctor", "completion"]),
    ];

    private static readonly Dictionary<string, string[]> Examples = new()
    {
        [Program] =
        [
            "tresnet models",
            "tresnet train --epochs 3 --output nano.safetensors",
            "tresnet profile --model tresnet_m resnet50 --batch-size 8",
            "tresnet run tresnet.dib --html report.html",
        ],
        ["tresnet models"] = ["tresnet models 'tresnet*'", "tresnet models 'resnet*' --json"],
        ["tresnet completion"] = ["source <(tresnet completion bash)"],
        ["tresnet build"] =
        [
            "tresnet build --model tresnet_m --num-classes 10",
            "tresnet build --model tresnet_l --input-size 448",
            "tresnet build --weights tresnet_m.miil_in1k",
            "tresnet build --model tresnet_m --set attention=eca --set stem=deep",
        ],
        ["tresnet lr-find"] =
        [
            "tresnet lr-find --model tresnet_nano",
            "tresnet lr-find --model resnet50 --data photos --opt adamw --weights resnet50.a1_in1k",
        ],
        ["tresnet suggest"] =
        [
            "tresnet suggest --data flowers",
            "tresnet suggest --data flowers --model resnet50 --weights resnet50.a1_in1k",
        ],
        ["tresnet train"] =
        [
            "tresnet train",
            "tresnet train --epochs 3 --batch-size 128 --lr 0.15 --output nano.safetensors",
            "tresnet train --weights nano.safetensors --epochs 1",
            "tresnet train --recipe fast --data flowers --model tresnet_m --run runs/flowers",
            "tresnet train --run runs/flowers --resume",
            "tresnet train --data flowers --folds 5 --run runs/folds",
            "tresnet train --set norm=evonorm-s0 --epochs 3",
        ],
        ["tresnet launch"] =
        [
            "tresnet launch --nproc 2 -- train --model resnet50 --data flowers --run runs/flowers",
            "tresnet launch --nproc 16 --hostfile machines -- train --data flowers --sync-bn",
            "srun tresnet train --data flowers --run /shared/runs/flowers",
        ],
        ["tresnet recipes"] = ["tresnet recipes", "tresnet recipes tresnet timm"],
        ["tresnet data pack"] =
        [
            "tresnet data pack flowers flowers.pack",
            "tresnet train --data flowers.pack --model tresnet_m",
        ],
        ["tresnet runs"] = ["tresnet runs", "tresnet runs experiments"],
        ["tresnet predict"] =
        [
            "tresnet predict photos/ --run runs/flowers",
            "tresnet predict tulip.jpg --weights flowers.safetensors",
            "tresnet predict tulip.jpg --model tresnet_m --weights flowers.pth --classes flowers.txt",
            "tresnet predict photos/ --run runs/flowers --top 3 --output photos.csv --copy-to sorted",
        ],
        ["tresnet explain"] = ["tresnet explain photos/ --run runs/flowers --explain-to marked"],
        ["tresnet validate"] =
        [
            "tresnet validate --weights nano.safetensors",
            "tresnet validate --weights nano.pth --data fashion-mnist-full --batch-size 100",
            "tresnet validate --model resnet50 --weights resnet50.pth --data imagenet --crops 10",
            "tresnet validate --model resnet50 --weights resnet50.pth --data imagenet --optimize",
        ],
        ["tresnet profile"] =
        [
            "tresnet profile --model tresnet_m resnet50 --batch-size 8 --mode both",
            "tresnet profile --model tresnet_nano --layers",
            "tresnet profile --model tresnet_m --mode train --precision bf16 --trace trace.json",
            "tresnet profile --model tresnet_m resnet50 --batch-size auto --memory-limit 8GB",
            "tresnet profile --model tresnet_m resnet50 --batch-size 8 --optimize",
            "tresnet profile --model tresnet_m tresnet_m+attention=eca tresnet_m+attention=none",
        ],
        ["tresnet throughput"] =
        [
            "tresnet throughput --models tresnet_m,resnet50 --batch-sizes 1,2,4,8,16",
            "tresnet throughput --models tresnet_m --mode train --precision bf16 --again",
            "tresnet throughput --models tresnet_m,resnet50 --optimize",
            "tresnet throughput --models tresnet_m --results v100.jsonl laptop.jsonl",
            "tresnet throughput --models resnet50 --mode train --batch-size 32 --ranks 1,2",
        ],
        ["tresnet ablate"] =
        [
            "tresnet ablate",
            "tresnet ablate --model tresnet_l --batch-size 16 --largest-batch --memory-limit 8GB",
        ],
        ["tresnet paper"] = ["tresnet paper", "tresnet paper table1", "tresnet paper table1 --measure --batch-size 8"],
        ["tresnet compare"] =
        [
            "tresnet compare --models tresnet_m,tresnet_l,resnet50",
            "tresnet compare --models 'tresnet*,efficientnet_b?' --batch-size 8",
        ],
        ["tresnet weights"] = ["tresnet weights 'tresnet*'"],
        ["tresnet convert-weights"] =
        [
            "tresnet convert-weights tresnet_m.pth tresnet_m.safetensors",
            "tresnet convert-weights nano.safetensors nano.pth",
        ],
        ["tresnet export"] =
        [
            "tresnet export tresnet_m.onnx --model tresnet_m --weights tresnet_m.miil_in1k --check",
            "tresnet export flowers.onnx --run runs/flowers --softmax --input-scale 255",
            "tresnet export flowers.onnx --run runs/flowers --quantize int8 --check",
            "tresnet export flowers.torchscript --run runs/flowers",
            "tresnet export backbone.onnx --model resnet50 --features-only --height dynamic --width dynamic",
        ],
        ["tresnet new"] =
        [
            "tresnet new first",
            "tresnet new flowers.ipynb --data photos/flowers",
            "tresnet new speed.dib --template profile",
        ],
        ["tresnet run"] =
        [
            "tresnet run tresnet.dib --html report.html --ipynb report.ipynb",
            "tresnet run first.ipynb --param epochs=5 --param data=photos/flowers --out html",
            "tresnet run first.ipynb --params-file night.json --out runs/night.ipynb --timeout 3600",
            "tresnet run notebooks tour.dib --junit report.xml --timeout 600 --jobs 2",
            "tresnet run old.dib --against dotnet-interactive",
        ],
        ["tresnet gallery"] = ["tresnet gallery notebooks --output-dir site"],
        ["tresnet convert"] =
        [
            "tresnet convert tresnet.dib tresnet.ipynb",
            "tresnet convert report.ipynb report.html --force",
        ],
        ["tresnet jupyter"] = ["tresnet jupyter install", "jupyter lab"],
        ["tresnet jupyter install"] =
        [
            "tresnet jupyter install --dry-run",
            "tresnet jupyter install --prefix ~/venv --name tresnet-dev",
        ],
    };

    public static string Version { get; } =
        typeof(HelpText)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Puts these texts in the place of those that System.CommandLine would write.</summary>
    public static void ShowFor(RootCommand root, Terminal terminal)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption)
            {
                option.Action = new Action(terminal);
            }
            else if (option is VersionOption)
            {
                option.Action = new VersionAction(terminal);
                option.Description = "Shows the version.";
            }
        }

        foreach (var command in Nested(root).Where(command => command.Action is null))
        {
            command.SetAction(parsed => terminal.Writer.Write(For(parsed.CommandResult, terminal.Width)));
        }
    }

    /// <summary>The command with those it stands below: <c>tresnet jupyter install</c>.</summary>
    public static string PathOf(CommandResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
        {
            names.Insert(0, command.Parent is null ? Program : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    public static string For(CommandResult result, int width)
    {
        var (command, path) = (result.Command, PathOf(result));
        var text = new StringBuilder();
        Wrap(text, command.Description ?? "", 0, 0, width);
        text.Append($"\nUsage: {path}{Synopsis(command)}\n");
        if (path == Program)
        {
            foreach (var (title, names) in Groups)
            {
                Section(
                    text,
                    title,
                    names.Select(name => Row(command.Subcommands.Single(sub => sub.Name == name))),
                    width
                );
            }
        }
        else
        {
            Section(text, "Commands", command.Subcommands.Select(Row), width);
        }

        Section(text, "Arguments", command.Arguments.Select(Row), width);
        var options = command
            .Options.Where(option => !option.Hidden && option is not HelpOption && !OutputOptions.All.Contains(option))
            .ToLookup(IsForNotebooks);
        Options(text, options[false], width);
        foreach (var option in command.Options)
        {
            Section(text, $"For {option.Name}", OptionValues.Explained(option), width);
        }

        Section(text, "Output", command.Options.Intersect(OutputOptions.All).Select(Row), width);
        Section(text, "In a notebook", options[true].Select(Row), width);
        if (Examples.TryGetValue(path, out var examples))
        {
            text.Append("\nExamples\n").AppendJoin("", examples.Select(example => $"  {example}\n"));
        }

        if (path == Program)
        {
            text.Append('\n');
            Wrap(
                text,
                "'tresnet help COMMAND' explains a command. In a notebook those for networks are magics: #!tresnet-train --epochs 3.",
                0,
                0,
                width
            );
        }

        return text.ToString();
    }

    // Where all options are in groups, --help is not worth the first place.
    private static void Options(StringBuilder text, IEnumerable<Option> options, int width)
    {
        (string Name, string Meaning) help = ("--help", "Shows this.");
        var groups = OptionGroups.Sort(options);
        foreach (var (group, members) in groups)
        {
            var rows = members.Select(Row);
            Section(text, group ?? "Options", group is null ? rows.Append(help) : rows, width);
        }

        if (groups.All(each => each.Group is not null))
        {
            Section(text, groups.Count == 0 ? "Options" : "Help", [help], width);
        }
    }

    private static IEnumerable<Command> Nested(Command command) =>
        command.Subcommands.SelectMany(Nested).Prepend(command);

    private static string Synopsis(Command command)
    {
        var arguments = string.Concat(
            command.Arguments.Select(argument =>
                argument.Arity.MinimumNumberOfValues > 0
                    ? $" {argument.Name.ToUpperInvariant()}"
                    : $" [{argument.Name.ToUpperInvariant()}]"
            )
        );
        return (command.Subcommands.Count > 0 ? " COMMAND" : "")
            + arguments
            + (command.Subcommands.Count > 0 ? "" : " [options]");
    }

    /// <summary>Variables end with a shell's command.</summary>
    private static bool IsForNotebooks(Option option) => option.HelpName == "variable";

    private static (string Name, string Meaning) Row(Command command) => (command.Name, command.Description ?? "");

    private static (string Name, string Meaning) Row(Argument argument) =>
        (
            argument.Name.ToUpperInvariant(),
            Sentence(argument.Description, argument.HasDefaultValue ? argument.GetDefaultValue() : null, [])
        );

    private static (string Name, string Meaning) Row(Option option)
    {
        var isFlag = option.ValueType == typeof(bool) || option is VersionOption;
        var name = isFlag ? option.Name : $"{option.Name} <{option.HelpName ?? option.Name.TrimStart('-')}>";
        var choices = OptionValues.Choices(option);
        return (
            name,
            Sentence(
                option.Description,
                option.HasDefaultValue && !isFlag ? option.GetDefaultValue() : null,
                choices.Count <= 6 ? choices : []
            )
        );
    }

    private static string Sentence(string? description, object? defaultValue, IReadOnlyList<string> choices)
    {
        var text = new StringBuilder(description);
        if (choices.Count > 0)
        {
            text.Append($" One of {string.Join(", ", choices)}.");
        }

        var value = defaultValue is string[] several
            ? string.Join(' ', several)
            : Convert.ToString(defaultValue, CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(value))
        {
            // Kept on one line.
            text.Append($" Default:\u00a0{value}.");
        }

        return text.ToString().Trim();
    }

    private static void Section(
        StringBuilder text,
        string title,
        IEnumerable<(string Name, string Meaning)> rows,
        int width
    )
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        text.Append($"\n{title}\n");
        var column = Math.Min(30, all.Max(row => row.Name.Length) + 4);
        foreach (var (name, meaning) in all)
        {
            text.Append("  ").Append(name);
            if (name.Length + 4 > column)
            {
                text.Append('\n').Append(' ', column);
            }
            else
            {
                text.Append(' ', column - 2 - name.Length);
            }

            Wrap(text, meaning, column, column, width);
        }
    }

    /// <summary>Words, broken before they pass the width; lines after the first are indented.</summary>
    private static void Wrap(StringBuilder text, string words, int at, int indent, int width)
    {
        var line = at;
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line > indent && line + 1 + word.Length > width)
            {
                text.Append('\n').Append(' ', indent);
                line = indent;
            }
            else if (line > indent)
            {
                text.Append(' ');
                line++;
            }

            text.Append(word.Replace('\u00a0', ' '));
            line += word.Length;
        }

        text.Append('\n');
    }

    /// <summary>Writes a command's help.</summary>
    internal sealed class Action(Terminal terminal) : SynchronousCommandLineAction
    {
        public override bool Terminating => true;

        public override int Invoke(ParseResult parseResult)
        {
            terminal.Writer.Write(For(parseResult.CommandResult, terminal.Width));
            return 0;
        }
    }

    private sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            terminal.Writer.WriteLine($"{Program} {Version}");
            return 0;
        }
    }
}
