// Where images come from, before anybody has decided what size a network wants them in: files in folders, records in one file, a list.

using System.Globalization;
using System.Text;
using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Labelled images of any size, addressed by index, each decoded when it is asked for. Reading is safe from several threads.</summary>
/// <example><code>
/// var (train, validation) = ImageSources.Load("flowers");
/// var image = train.Read(0, tulip => tulip.Decode());   // null where the file is damaged
/// Console.WriteLine(train.Skipped.Describe());
/// </code></example>
public abstract class ImageSource
{
    private protected ImageSource(SourceOptions? options) => Options = options ?? SourceOptions.Default;

    /// <summary>What the source is called in tables and messages, with its split: <c>flowers (train)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of images, those included that turn out to be damaged.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Whether an image may have several labels, or none; if not, each has exactly one.</summary>
    public virtual bool IsMultiLabel => false;

    /// <summary>The size of the images in pixels where it is the same for all and known without reading one; null for photographs.</summary>
    public virtual (int Width, int Height)? Size => null;

    /// <summary>Whether all images are known to be grey.</summary>
    public virtual bool IsGrey => false;

    /// <summary>How images are read.</summary>
    public SourceOptions Options { get; }

    /// <summary>The images that could not be read so far.</summary>
    public SkippedImages Skipped { get; } = new();

    /// <summary>What was decided when the source was opened and is not obvious, a sentence each: folders left unused, columns of a list.</summary>
    public IReadOnlyList<string> Remarks { get; internal init; } = [];

    /// <summary>What is to be said of images that were read so far: animations, of which the first frame was taken.</summary>
    internal ImageNotes Notes { get; } = new();

    /// <summary>The labels of an image, known without reading it: ascending, each once.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this source.</exception>
    public abstract ReadOnlySpan<int> LabelsOf(int index);

    /// <summary>The labels of which nobody knows whether an image has them: ascending, none of them among <see cref="LabelsOf"/>.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this source.</exception>
    public virtual ReadOnlySpan<int> UnknownOf(int index) => [];

    /// <summary>Whether there are such labels at all.</summary>
    public virtual bool HasUnknown => false;

    /// <summary>Reads an image's bytes and header.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="TResNetException">The image cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this source.</exception>
    public SourceImage Open(int index) => Open(index, memory: null);

    /// <summary>Reads an image's bytes and header.</summary>
    /// <param name="index">Which image.</param>
    /// <param name="memory">Where a file's bytes shall lie, which the image then must not outlive; null for memory of its own.</param>
    internal abstract SourceImage Open(int index, FileMemory? memory);

    /// <summary>Reads an image and makes something of it, or skips it.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="read">What to make of it; decodes it.</param>
    /// <returns>What was made; null where the image cannot be read, which <see cref="Skipped"/> then names.</returns>
    /// <exception cref="TResNetException">The image cannot be read, and the options are strict.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is not of this source.</exception>
    public T? Read<T>(int index, Func<SourceImage, T> read)
        where T : class => Read(index, memory: null, read);

    /// <summary>Reads an image whose bytes last no longer than the memory does.</summary>
    internal T? Read<T>(int index, FileMemory? memory, Func<SourceImage, T> read)
        where T : class
    {
        try
        {
            var image = Open(index, memory);
            if (image.Note is { } note)
            {
                Notes.Add(index, note, image.Name);
            }

            return read(image);
        }
        catch (TResNetException unreadable) when (!Options.Strict)
        {
            Skipped.Add(index, unreadable.Message);
            return null;
        }
    }

    /// <summary>What an image is called: its path, where it is a file of its own, or its number.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    internal virtual string NameOf(int index) => InRange(index).ToString(CultureInfo.InvariantCulture);

    /// <summary>A number that differs once an image has become another.</summary>
    /// <param name="index">Which image, from 0 to <see cref="Count"/> - 1.</param>
    internal virtual ulong IdentityOf(int index) => PackFile.HashOf(Encoding.UTF8.GetBytes($"{Name}\t{index}"));

    private protected int InRange(int index) =>
        (uint)index < (uint)Count
            ? index
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has {Count} images.");
}
