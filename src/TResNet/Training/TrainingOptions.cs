// The recipe: SGD with Nesterov momentum under a one-cycle learning rate (L. Smith, N. Topin, arXiv 1708.07120), label smoothing
// (arXiv 1512.00567, section 7), weight decay on weights alone. TResNet (arXiv 2003.13630, section 3) trains with the same parts.

using System.Globalization;

namespace TResNet.Training;

/// <summary>How to train. The defaults take <c>tresnet_nano</c> through Fashion-MNIST in about a minute on two cores.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training images; 1 to 10,000.</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>Images in a step; 2 to 65,536. One image alone has no batch statistics to normalise with.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The highest learning rate of the cycle, per step of one mean loss; above 0, at most 100.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The share of the steps during which the learning rate rises; above 0, below 1.</summary>
    public double WarmUp { get; init; } = 0.25;

    /// <summary>Nesterov momentum; 0 (none) to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of convolution and linear weights; norms and biases have none. 0 to 1.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>The share of the target given to all classes alike; 0 (none) to below 1.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>
    /// Whether training images are mirrored left to right, half of them at random in each epoch. Good for photographs; Fashion-MNIST's shoes all
    /// point the same way, so a short run on it does better without.
    /// </summary>
    public bool Flip { get; init; }

    /// <summary>How far training images are shifted at random, in pixels each way; what comes in is black. 0 (not at all) to 64.</summary>
    public int Shift { get; init; }

    /// <summary>Images in a batch of evaluation, which needs far less memory than training; 1 to 65,536.</summary>
    public int EvaluationBatchSize { get; init; } = 250;

    /// <summary>Decides the order of the images, the augmentation and dropout. One seed reproduces a CPU run bit for bit.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Checks every range.</summary>
    /// <returns>The options themselves.</returns>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public TrainingOptions Validate()
    {
        Check("number of epochs", Epochs, Epochs is >= 1 and <= 10_000, "from 1 to 10,000");
        Check("batch size", BatchSize, BatchSize is >= 2 and <= 65_536, "from 2 to 65,536 images");
        Check("learning rate", LearningRate, LearningRate is > 0 and <= 100, "above 0 and at most 100");
        Check("warm-up share", WarmUp, WarmUp is > 0 and < 1, "above 0 and below 1");
        Check("momentum", Momentum, Momentum is >= 0 and < 1, "from 0 to below 1");
        Check("weight decay", WeightDecay, WeightDecay is >= 0 and <= 1, "from 0 to 1");
        Check("label smoothing", LabelSmoothing, LabelSmoothing is >= 0 and < 1, "from 0 to below 1");
        Check("shift", Shift, Shift is >= 0 and <= 64, "from 0 to 64 pixels");
        Check(
            "evaluation batch size",
            EvaluationBatchSize,
            EvaluationBatchSize is >= 1 and <= 65_536,
            "from 1 to 65,536 images"
        );
        return this;
    }

    private static void Check(string name, double value, bool holds, string expected)
    {
        if (!holds)
        {
            throw new TResNetException(
                $"The {name} is {value.ToString(CultureInfo.InvariantCulture)}, but it has to be {expected}; choose a value in that range."
            );
        }
    }
}
