// The two parts of a source that nobody has split yet: within each class, every fifth image is held out, or one of few.

using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Some of the images of another source.</summary>
internal sealed class SourceSubset(ImageSource inner, string name, int[] chosen) : ImageSource(inner.Options)
{
    public override string Name => name;

    public override int Count => chosen.Length;

    public override IReadOnlyList<string> Classes => inner.Classes;

    public override bool IsMultiLabel => inner.IsMultiLabel;

    public override (int Width, int Height)? Size => inner.Size;

    public override bool IsGrey => inner.IsGrey;

    /// <summary>Splits a source by <see cref="HoldOut"/>; of several labels the first counts.</summary>
    public static (ImageSource Train, ImageSource Validation) Split(ImageSource whole)
    {
        return (Part("train", validation: false), Part("held out", validation: true));

        SourceSubset Part(string part, bool validation) =>
            new(
                whole,
                $"{whole.Name} ({part})",
                HoldOut.Select(Enumerable.Range(0, whole.Count).Select(FirstLabel), validation)
            )
            {
                Remarks = validation ? [] : whole.Remarks,
            };

        int FirstLabel(int index) => LabelFor(whole, index);
    }

    /// <summary>Splits a source into one part of a cross-validation and the rest, by <see cref="StratifiedFolds"/>; of several labels the first counts.</summary>
    /// <param name="whole">The images.</param>
    /// <param name="fold">The part that is held out, from 1.</param>
    /// <param name="folds">How many parts there are.</param>
    /// <param name="seed">Decides which images are in which.</param>
    /// <exception cref="TResNetException">No class has an image for each part.</exception>
    public static (ImageSource Train, ImageSource Validation) Fold(ImageSource whole, int fold, int folds, long seed)
    {
        var places = StratifiedFolds.Of(
            Enumerable.Range(0, whole.Count).Select(index => LabelFor(whole, index)),
            folds,
            seed
        );
        return (Part("without fold", isHeldOut: false), Part("fold", isHeldOut: true));

        SourceSubset Part(string part, bool isHeldOut) =>
            new(
                whole,
                FormattableString.Invariant($"{whole.Name} ({part} {fold} of {folds})"),
                [.. places.Index().Where(each => each.Item == fold - 1 == isHeldOut).Select(each => each.Index)]
            )
            {
                Remarks = isHeldOut ? [] : whole.Remarks,
            };
    }

    /// <summary>The source that two parts are all of; null where they are not what <see cref="Split"/> gave.</summary>
    public static ImageSource? WholeOf(ImageSource train, ImageSource validation) =>
        train is SourceSubset one && validation is SourceSubset other && ReferenceEquals(one.Inner, other.Inner)
            ? one.Inner
            : null;

    private ImageSource Inner => inner;

    // Images without a label count as a class of their own.
    private static int LabelFor(ImageSource source, int index) =>
        source.LabelsOf(index) is [var first, ..] ? first : -1;

    public override ReadOnlySpan<int> LabelsOf(int index) => inner.LabelsOf(chosen[InRange(index)]);

    public override ReadOnlySpan<int> UnknownOf(int index) => inner.UnknownOf(chosen[InRange(index)]);

    public override bool HasUnknown => inner.HasUnknown;

    internal override SourceImage Open(int index, FileMemory? memory) => inner.Open(chosen[InRange(index)], memory);

    internal override string NameOf(int index) => inner.NameOf(chosen[InRange(index)]);

    internal override ulong IdentityOf(int index) => inner.IdentityOf(chosen[InRange(index)]);
}
