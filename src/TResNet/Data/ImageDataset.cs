// What a trainer may ask of labelled images; where they come from is the data set's own affair.

namespace TResNet.Data;

/// <summary>Labelled images of one size, addressed by index. Reading is safe from several threads.</summary>
public abstract class ImageDataset
{
    /// <summary>What the data set is called in tables and charts, with its split: <c>Fashion-MNIST (held out)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of images.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Channels of an image: 1 for grey, 3 for red, green and blue.</summary>
    public abstract int Channels { get; }

    /// <summary>Height of an image in pixels.</summary>
    public abstract int Height { get; }

    /// <summary>Width of an image in pixels.</summary>
    public abstract int Width { get; }
}
