using System.CommandLine;
using TResNet.Building;
using TResNet.Data.Transforms;

namespace TResNet.Interactive.Commands;

/// <summary>The options that say how images are prepared to be looked at, in place of what the weights or the network say.</summary>
internal sealed class ImageOptions
{
    /// <summary>Height and width.</summary>
    public Option<int?> Size { get; } =
        new("--input-size")
        {
            Description =
                "Height and width of the images in pixels. Default: what the weights were trained on, else what the network is meant for.",
            HelpName = "pixels",
        };

    /// <summary>How an image becomes a square.</summary>
    public CropOptions Crop { get; } = new();

    /// <summary>What pixels are scaled to.</summary>
    public NormalizeOptions Normalize { get; } = new();

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Size, .. Crop.All, .. Normalize.All];

    /// <summary>What was asked for, and what the network has where the command line is silent.</summary>
    /// <exception cref="TResNetException">The network does not take images of the size, or a value is out of range.</exception>
    public DataConfig Read(ParseResult parsed, Network network)
    {
        var own = network.DataConfig;
        var asked = Crop.Read(parsed, own) with
        {
            InputSize = CommonOptions.SizeFor(network, parsed.GetValue(Size)),
            Normalize = Normalize.Read(parsed, own.Normalize),
            // Grey images as they are would be scaled by nothing.
            AsTheyAre = Normalize.AreGiven(parsed) || Crop.AreGiven(parsed) ? false : own.AsTheyAre,
        };

        // Refuses what is out of range before anything is read.
        asked.Crop();
        return asked;
    }
}
