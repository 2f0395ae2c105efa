using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Weights;

namespace TResNet.Interactive.Weights;

/// <summary>The options that say what weights are of, where their file does not or says something else.</summary>
internal sealed class DescriptionOptions
{
    private readonly Option<string?> model = new("--model")
    {
        Description = "The network that the weights are of, with switches as in tresnet_m+attention=eca.",
        HelpName = "name",
    };
    private readonly Option<string[]> switches = SwitchOption.Create();
    private readonly Option<FileInfo?> classes = new("--classes")
    {
        Description =
            "A file with the names of the classes in the order of the network's outputs: text with one on each line, or JSON.",
        HelpName = "file",
    };
    private readonly Option<double?> threshold = new("--threshold")
    {
        Description = "The probability above which an image has a label, for a network of several labels.",
        HelpName = "probability",
    };
    private readonly ImageOptions images = new();

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [model, switches, classes, threshold, .. images.All];

    /// <summary>What the file says, with what was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="said">What the file says.</param>
    /// <param name="file">The file, whose tensors have to fit a network that is named.</param>
    /// <exception cref="TResNetException">They do not, or a value is out of range.</exception>
    /// <exception cref="CommandException">Something is asked for that has no bearing.</exception>
    public WeightsDescription Read(ParseResult parsed, WeightsDescription said, string file)
    {
        var names = CommonOptions.ClassesIn(parsed.GetValue(classes));
        said = said with
        {
            LabelNames = names ?? said.LabelNames,
            NumClasses = names?.Length ?? said.NumClasses,
            Threshold = parsed.GetValue(threshold) ?? said.Threshold,
            Thresholds =
                parsed.IsGiven(threshold) || (names is not null && names.Length != said.Thresholds?.Count)
                    ? null
                    : said.Thresholds,
        };
        if (said.Threshold is not (null or (>= 0 and < 1)))
        {
            throw new CommandException(
                FormattableString.Invariant(
                    $"--threshold is {said.Threshold}: it takes a probability from 0 to below 1."
                )
            );
        }

        if ((parsed.GetValue(model) ?? said.Architecture) is not { } name)
        {
            return All.FirstOrDefault(parsed.IsGiven) is not { } given
                ? said
                : throw new CommandException(
                    $"{file} does not say which network it is of, so {given.Name} cannot be checked: name it with --model."
                );
        }

        if (!All.Any(parsed.IsGiven))
        {
            return said;
        }

        using var network = CommonOptions.New(
            SwitchOption.Describe(name, parsed.GetRequiredValue(switches)),
            said.NumClasses ?? 1,
            said.Data.Channels ?? 3
        );
        var loaded = Checkpoint.Load(network, file, resetClassifier: said.NumClasses is null);
        if (parsed.IsGiven(threshold) && !network.MultiLabel)
        {
            throw new CommandException(
                $"--threshold is for weights of several labels, and {file} is for one an image: leave it out, or add --set multi-label=true if it was trained so."
            );
        }

        network.DataConfig = said.Data.On(network.DataConfig);
        return said with
        {
            Architecture = network.Info.Name,
            NumClasses = (int)(loaded.ClassesInFile ?? network.NumClasses),
            MultiLabel = network.MultiLabel,
            Data = PretrainedConfig.Of(
                (int)(loaded.InputChannels?.From ?? network.InChans),
                images.Read(parsed, network)
            ),
        };
    }
}
