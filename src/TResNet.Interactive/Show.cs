using TResNet.Architectures;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive;

/// <summary>Things to look at that are not charts.</summary>
public static class Show
{
    /// <summary>Pictures side by side, small ones enlarged.</summary>
    /// <param name="images"><c>[N, 1, H, W]</c> (grey) or <c>[N, 3, H, W]</c> (red, green, blue), from 0 to 1; what is outside is clipped.</param>
    /// <param name="labels">A caption for each; none when empty.</param>
    /// <exception cref="TResNetException">The shape is another, or the captions are not as many as the images.</exception>
    public static ImageGrid Images(Tensor images, IEnumerable<string>? labels = null) => new(images, [.. labels ?? []]);

    /// <summary>A network as a block diagram.</summary>
    /// <param name="architecture">The network, or a variant: <c>Models.TResNetM() with { Attention = Attention.Eca }</c>.</param>
    /// <param name="inputSize">The side of its images in pixels; what it is meant for where it is null.</param>
    public static ArchitectureDiagram Diagram(Architecture architecture, int? inputSize = null) =>
        new(architecture, inputSize);
}
