using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Files;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Commands;

/// <summary>Which network a command takes where none is named: one rule for all of them.</summary>
internal static class NetworkName
{
    /// <summary>The network where nothing says another: one that trains on a CPU while one waits.</summary>
    public const string Default = "tresnet_nano";

    /// <summary>The variable that build and train fill, and that commands which only look at a network take.</summary>
    public const string Variable = "model";

    /// <summary>
    /// The name: what <c>--model</c> says; else what the weights say; else, for a command that looks at a network and makes none, the variable <see
    /// cref="Variable"/> of a notebook, which is said; else <see cref="Default"/>.
    /// </summary>
    /// <param name="notebook">Holds the variables.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The option.</param>
    /// <param name="weights">The weights that were named; null for none.</param>
    /// <param name="looks">Whether the command looks at a network and makes none.</param>
    /// <exception cref="CommandException">The weights are of no network that can be built here.</exception>
    public static string Of(
        INotebook notebook,
        ParseResult parsed,
        Option<string> model,
        NamedWeights? weights,
        bool looks
    )
    {
        if (parsed.IsGiven(model))
        {
            return parsed.GetRequiredValue(model);
        }

        if (weights?.Says.Architecture is { } own)
        {
            Require(weights.Path, own);
            return own;
        }

        if (looks && notebook.TryGetVariable(Variable, out var value) && value is Network network)
        {
            notebook.Display(
                new View { Parts = [$"The network is the notebook's variable {Variable}: {network.Info.Name}."] }
            );
            return Variable;
        }

        return parsed.GetRequiredValue(model);
    }

    /// <summary>Refuses the name of a network in a file of weights that is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="own">What it says.</param>
    /// <exception cref="CommandException">No network can be built by it.</exception>
    public static void Require(string path, string own)
    {
        try
        {
            Models.Describe(own).Validate();
        }
        catch (TResNetException unknown)
        {
            throw new CommandException(
                $"{path} says that it is of {FileText.Quote(own)}, which cannot be built ({unknown.Message.TrimEnd('.')}): name the network with --model.",
                unknown
            );
        }
    }
}
