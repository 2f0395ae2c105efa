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

        // Images without a label count as a class of their own.
        int FirstLabel(int index) => whole.LabelsOf(index) is [var first, ..] ? first : -1;
    }

    public override ReadOnlySpan<int> LabelsOf(int index) => inner.LabelsOf(chosen[InRange(index)]);

    public override ReadOnlySpan<int> UnknownOf(int index) => inner.UnknownOf(chosen[InRange(index)]);

    public override bool HasUnknown => inner.HasUnknown;

    internal override SourceImage Open(int index, FileMemory? memory) => inner.Open(chosen[InRange(index)], memory);

    internal override string NameOf(int index) => inner.NameOf(chosen[InRange(index)]);

    internal override ulong IdentityOf(int index) => inner.IdentityOf(chosen[InRange(index)]);
}
