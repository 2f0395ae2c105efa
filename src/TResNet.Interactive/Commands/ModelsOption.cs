using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.RegularExpressions;
using Notebook;
using TResNet.Architectures;
using TResNet.Building;

namespace TResNet.Interactive.Commands;

/// <summary>The option that names several networks, with commas or spaces between, by patterns too.</summary>
internal static partial class ModelsOption
{
    private const string Plural = "--models";
    private const string Singular = "--model";

    public static Option<string[]> Create(INotebook notebook, params string[] defaults) =>
        Create(notebook, new Option<string[]>(Plural, Singular), defaults);

    /// <summary>The same for a command that is mostly asked about one network.</summary>
    public static Option<string[]> CreateSingular(INotebook notebook, string value) =>
        Create(notebook, new Option<string[]>(Singular, Plural), [value]);

    private static Option<string[]> Create(INotebook notebook, Option<string[]> models, string[] defaults)
    {
        models.Description =
            "The networks, with commas or spaces between: names that the models command lists, with switches as in tresnet_m+attention=eca, patterns such as 'resnet*', or notebook variables.";
        models.DefaultValueFactory = _ => defaults;
        models.AllowMultipleArgumentsPerToken = true;
        models.Arity = ArgumentArity.OneOrMore;
        models.HelpName = "names";
        models.CompletionSources.Add(context =>
            Models
                .List()
                .Select(info => info.Name)
                .Concat(notebook.VariableNames.Where(each => IsNetwork(notebook, each)))
                .Select(each => new CompletionItem(BeforeLastComma(context.WordToComplete) + each))
        );
        return models;
    }

    /// <summary>The names that were written, patterns as they are. A comma also stands within the values of some switches, where no network's name follows it.</summary>
    /// <exception cref="CommandException">There are none.</exception>
    public static IReadOnlyList<string> Read(INotebook notebook, ParseResult parsed, Option<string[]> option)
    {
        var words = CommonOptions.Words(parsed, option);
        var names = new List<string>();
        foreach (
            var part in Plus()
                .Replace(string.Join(' ', words), "+")
                .Split([',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (names is [.., var last] && last.Contains('=') && !part.Contains('=') && !IsName(notebook, part))
            {
                names[^1] = $"{last},{part}";
            }
            else
            {
                names.Add(part);
            }
        }

        return names.Count > 0
            ? names
            : throw new CommandException(
                $"{option.Name} names no network: write names with commas between, as in {option.Name} tresnet_m,resnet50."
            );
    }

    /// <summary>The networks that names and patterns mean, each once, by whatever names it was written.</summary>
    /// <param name="notebook">Where variables are.</param>
    /// <param name="names">What <see cref="Read"/> gave.</param>
    /// <param name="inputSize">The side of their images in pixels; null for what each is meant for.</param>
    /// <param name="settings">Switches that are set of each.</param>
    public static IReadOnlyList<MeasuredNetwork> Subjects(
        INotebook notebook,
        IReadOnlyList<string> names,
        int? inputSize,
        IReadOnlyList<string>? settings = null
    ) =>
        [
            .. names
                .SelectMany(name => IsNetwork(notebook, name) ? [name] : Find(name).Select(info => info.Name))
                .Select(name => MeasuredNetwork.Of(notebook, name, inputSize, settings))
                .DistinctBy(subject => subject.Label),
        ];

    /// <summary>The networks of the list that a name or a pattern means.</summary>
    /// <exception cref="CommandException">A pattern matches none.</exception>
    public static IReadOnlyList<ModelInfo> Find(string name)
    {
        if (!name.Contains('*') && !name.Contains('?'))
        {
            return [Models.Describe(name).Info];
        }

        var infos = Models.List(name);
        return infos.Count > 0
            ? infos
            : throw new CommandException($"No network's name matches '{name}': the models command lists all names.");
    }

    public static bool IsNetwork(INotebook notebook, string name) =>
        notebook.TryGetVariable(name, out var value) && value is Network;

    private static bool IsName(INotebook notebook, string text) =>
        IsNetwork(notebook, text) || text.Contains('*') || text.Contains('?') || Models.List(text).Count > 0;

    // What is completed is the last of several names.
    private static string BeforeLastComma(string word) => word[..(word.LastIndexOf(',') + 1)];

    [GeneratedRegex(@"\s*\+\s*")]
    private static partial Regex Plus();
}
