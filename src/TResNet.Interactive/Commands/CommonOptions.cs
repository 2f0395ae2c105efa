using System.CommandLine;
using System.Text.RegularExpressions;
using Notebook;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Sources;

namespace TResNet.Interactive.Commands;

/// <summary>Options that several commands share, and what they mean.</summary>
internal static partial class CommonOptions
{
    public static Option<T> Make<T>(string name, string description, T value, string? helpName = null) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            HelpName = helpName,
        };

    public static Option<string> Model(bool looks = false)
    {
        var option = Make(
            "--model",
            "The network: a name that the models command lists, with switches as in tresnet_m+attention=eca, or a notebook variable that holds one. Without it the network that --weights "
                + (
                    looks
                        ? $"or --run is of, else a notebook's variable {NetworkName.Variable}, else the default."
                        : "is of, else the default."
                ),
            NetworkName.Default,
            "name"
        );
        option.CompletionSources.Add(_ =>
            Models.List().Select(info => new System.CommandLine.Completions.CompletionItem(info.Name))
        );
        return option;
    }

    public static Option<string> Name(string option, string description, string value)
    {
        var name = Make(option, description, value, "variable");
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !Identifier().IsMatch(token.Value))
            {
                result.AddError(
                    $"'{token.Value}' cannot be a variable's name: take letters, digits and '_', with a letter or '_' first."
                );
            }
        });
        return name;
    }

    public static Option<int?> InputSize() =>
        new("--input-size")
        {
            Description = "Height and width of the images in pixels. Default: what the network is meant for.",
            HelpName = "pixels",
        };

    public static Option<long> Seed(long value) =>
        Make("--seed", "Decides the fresh weights and everything random after them.", value, "number");

    /// <summary>A network from a variable, or a new one with its switches set. A new one is the caller's to dispose.</summary>
    public static (Network Network, bool IsNew) Resolve(
        INotebook notebook,
        string name,
        IReadOnlyList<string> settings,
        int? numClasses,
        int? inChans,
        long seed
    )
    {
        if (Variable(notebook, name, settings) is { } network)
        {
            return (network, false);
        }

        var architecture = SwitchOption.Describe(name, settings);
        TorchSharp.torch.manual_seed(seed);
        return (New(architecture, numClasses ?? 1000, inChans ?? 3), true);
    }

    /// <summary>A network with its filters in the order that it is trained in and is quickest in.</summary>
    public static Network New(Architecture architecture, int numClasses, int inChans)
    {
        var network = architecture.Build(numClasses, inChans);
        MemoryFormat.ToChannelsLast(network);
        return network;
    }

    /// <summary>The network that a variable holds; null where it is another name.</summary>
    /// <exception cref="CommandException">It holds one, and switches are to be set.</exception>
    public static Network? Variable(INotebook notebook, string name, IReadOnlyList<string> settings) =>
        !notebook.TryGetVariable(name, out var value) || value is not Network network ? null
        : settings.Count == 0 ? network
        : throw new CommandException(
            $"{SwitchOption.Name} {settings[0]} is for a network that is about to be built, and the variable {name} holds one that is: name a listed network, such as tresnet_m."
        );

    /// <summary>Whether the command line says something of an option, and not its default alone.</summary>
    public static bool IsGiven(this ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };

    /// <summary>The value of an option that was given, or another where the command line is silent.</summary>
    public static T ValueOr<T>(this ParseResult parsed, Option<T> option, T other) =>
        parsed.IsGiven(option) ? parsed.GetValue(option)! : other;

    /// <summary>The words of an option that takes several. The parser takes what no option is called for one more of them.</summary>
    /// <exception cref="CommandException">One looks like an option.</exception>
    public static IReadOnlyList<string> Words(ParseResult parsed, Option<string[]> option)
    {
        var words = parsed.GetRequiredValue(option);
        return
            words.FirstOrDefault(word => word.StartsWith('-') && word.Length > 1 && !char.IsDigit(word[1]))
                is not { } odd
            ? words
            : throw new CommandException(
                $"There is no option '{odd}': the options are {string.Join(", ", parsed.CommandResult.Command.Options.Select(each => each.Name))}."
            );
    }

    /// <summary>The options that were given, as words.</summary>
    public static IReadOnlyList<string> Given(ParseResult parsed, IEnumerable<Option> options) =>
        [
            .. options
                .Where(parsed.IsGiven)
                .Select(option =>
                    $"{option.Name} {string.Join(' ', parsed.GetResult(option)!.Tokens.Select(token => token.Value))}"
                ),
        ];

    /// <summary>The classes that a file names; null where none was named.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static string[]? ClassesIn(FileInfo? file)
    {
        if (file is { Exists: false })
        {
            throw new CommandException($"There is no file {file} for --classes; write one with a class on each line.");
        }

        return file is null ? null : ClassMapFile.Read(file.FullName);
    }

    public static int SizeFor(Network network, int? asked)
    {
        var size = asked ?? network.DataConfig.InputSize;
        network.CheckInputSize(size, size);
        return size;
    }

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*$")]
    private static partial Regex Identifier();
}
