using System.CommandLine;
using System.CommandLine.Completions;
using TResNet.Architectures;

namespace TResNet.Interactive.Commands;

/// <summary>The option that turns a network into a variant: <c>--set attention=eca --set stem=deep</c>.</summary>
internal static class SwitchOption
{
    public const string Name = "--set";

    // Networks of inverted residuals have fewer switches than the others.
    private const string Mobile = "mobilenetv2_100";

    public static Option<string[]> Create()
    {
        var few = string.Join(", ", Models.Describe(Mobile).Switches.Select(each => each.Name));
        var option = new Option<string[]>(Name)
        {
            Description =
                $"Switches a refinement of the network, as in --set attention=eca; repeat it for more. Mobile networks have {few}.",
            Arity = ArgumentArity.OneOrMore,
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };
        option.CompletionSources.Add(context => Completions(context.WordToComplete));
        return option;
    }

    /// <summary>A listed network with its switches set.</summary>
    public static Architecture Describe(string model, IReadOnlyList<string> settings)
    {
        var listed = Models.Describe(model);
        return settings.Count == 0 ? listed : listed.With(settings);
    }

    private static IEnumerable<CompletionItem> Completions(string word)
    {
        var switches = Switch.OfResidualNetworks;
        if (word.Split('=', 2) is [var name, _])
        {
            return switches
                .Where(each => each.Name.Equals(name.Replace('_', '-'), StringComparison.OrdinalIgnoreCase))
                .SelectMany(each => each.Choices, (each, choice) => new CompletionItem($"{name}={choice}"));
        }

        return switches.Select(
            (each, i) =>
                new CompletionItem(
                    $"{each.Name}=",
                    sortText: $"{i:00}",
                    documentation: $"{each.Description[..^1]}: {each.Takes}."
                )
        );
    }
}
