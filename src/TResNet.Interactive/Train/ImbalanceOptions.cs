using System.CommandLine;
using Notebook;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>The options that make up for classes of which there are few images: by what they count, or by how often they are drawn.</summary>
internal sealed class ImbalanceOptions
{
    private const string Balanced = "balanced";
    private const string Random = "random";

    private readonly Option<string?> weights = new("--class-weights")
    {
        Description =
            "How much each class counts in the loss: balanced, as scikit-learn weighs them, or a CSV file of classes and weights. Cross entropy weighs images; binary cross entropy weighs a label that is there.",
        HelpName = "balanced or file",
    };
    private readonly Option<string> sampler = CommonOptions.Make(
        "--sampler",
        "What an epoch is made of: each image once (random), or as many, drawn with replacement so that all classes are there alike often (balanced).",
        Random,
        "kind"
    );

    public ImbalanceOptions()
    {
        sampler.AcceptOnlyFromAmong(Random, Balanced);
        weights.CompletionSources.Add(Balanced);
    }

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [weights, sampler];

    /// <summary>Whether weights of classes were asked for.</summary>
    public bool Weighs(ParseResult parsed) => parsed.GetValue(weights) is not null;

    /// <summary>What was asked for, checked.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="others">What holds where the command line is silent, with the loss.</param>
    /// <param name="train">The images to train on.</param>
    /// <exception cref="CommandException">The loss takes no weights, or both would balance.</exception>
    public TrainingOptions Read(ParseResult parsed, TrainingOptions others, ImageDataset train)
    {
        if (parsed.IsGiven(sampler))
        {
            others = others with { BalancedSampling = parsed.GetValue(sampler) == Balanced };
        }

        if (parsed.GetValue(weights) is { } asked)
        {
            if (others.Loss == LossKind.Asymmetric)
            {
                throw new CommandException(
                    $"{weights.Name} {asked} is for --loss ce and --loss bce, and the loss is the asymmetric one: take one of these, or leave it out."
                );
            }

            if (asked == Balanced && others.BalancedSampling)
            {
                throw new CommandException(
                    $"{weights.Name} {Balanced} and {sampler.Name} {Balanced} both make up for the same: take one of them."
                );
            }

            others =
                asked == Balanced
                    ? others.WithBalancedClassWeights(train)
                    : others with
                    {
                        ClassWeights = ClassWeightFile.Read(asked, train.Classes),
                    };
        }

        return others.Validate();
    }
}
