using System.CommandLine;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that say what of a network learns, and what its classifier begins with.</summary>
internal sealed class FineTuningOptions
{
    private readonly Option<string?> freeze = new("--freeze")
    {
        Description =
            "Leaves the network as it is up to and including a stage: stem, a stage by its name such as layer3, or features for all but the head.",
        HelpName = "stage",
    };
    private readonly Option<double?> scale = new("--head-init-scale")
    {
        Description = "What the classifier's weights are multiplied by before the first step, such as 0.01.",
        HelpName = "factor",
    };
    private readonly Option<double?> bias = new("--head-init-bias")
    {
        Description =
            "What the classifier's biases begin with, where each class is looked at by itself, such as -4.6 for 1 in 100.",
        HelpName = "number",
    };

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [freeze, scale, bias];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent.</param>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others) =>
        others with
        {
            Freeze = parsed.GetValue(freeze) ?? others.Freeze,
            HeadInitScale = parsed.GetValue(scale) ?? others.HeadInitScale,
            HeadInitBias = parsed.GetValue(bias) ?? others.HeadInitBias,
        };
}
