// Several looks at each test image, whose probabilities are averaged: the ten crops of A. Krizhevsky et al., "ImageNet classification with deep
// convolutional neural networks" (NIPS 2012), section 4.1.

using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>How often a network looks at each image of an evaluation, and where.</summary>
internal sealed record TestCrops
{
    private TestCrops(IReadOnlyList<CropPlace> places, bool mirrored) => (Places, Mirrored) = (places, mirrored);

    /// <summary>The middle alone.</summary>
    public static TestCrops One { get; } = new([CropPlace.Center], mirrored: false);

    /// <summary>Where the crops lie.</summary>
    public IReadOnlyList<CropPlace> Places { get; }

    /// <summary>Whether each is looked at mirrored left to right too.</summary>
    public bool Mirrored { get; }

    /// <summary>How many crops of an image there are.</summary>
    public int Count => Places.Count * (Mirrored ? 2 : 1);

    /// <summary>The crops of a number.</summary>
    /// <param name="count">1: the middle; 2: its mirror image too; 5: the middle and the corners; 10: the mirror images of these too.</param>
    /// <exception cref="TResNetException">It is another number.</exception>
    public static TestCrops Of(int count) =>
        count switch
        {
            1 => One,
            2 => new([CropPlace.Center], mirrored: true),
            5 => new(Enum.GetValues<CropPlace>(), mirrored: false),
            10 => new(Enum.GetValues<CropPlace>(), mirrored: true),
            _ => throw new TResNetException(
                $"{count} crops were asked for, but there are 1 (the middle), 2 (its mirror image too), 5 (the middle and the corners) or 10 (the mirror "
                    + "images of these too); choose one of them."
            ),
        };

    /// <summary>Logits whose probabilities are the average of those of several logits.</summary>
    /// <param name="logits">Each <c>[N, classes]</c>, float32; at least one.</param>
    /// <param name="isMultiLabel">Whether each class has a probability of its own.</param>
    /// <returns><c>[N, classes]</c>, float32.</returns>
    internal static Tensor Average(IReadOnlyList<Tensor> logits, bool isMultiLabel)
    {
        if (logits.Count == 1)
        {
            return logits[0];
        }

        // In float64, where a probability that float32 takes for 0 or 1 still has a logarithm.
        using var scope = NewDisposeScope();
        var all = stack(logits, 0).to(ScalarType.Float64);
        var average = isMultiLabel
            ? all.sigmoid().mean([0]).log() - (-all).sigmoid().mean([0]).log()
            : all.log_softmax(2).logsumexp(0);
        return average.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
