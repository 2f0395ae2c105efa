using System.Globalization;
using TResNet.Building;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>The image that a network is written for.</summary>
/// <param name="Channels">Its channels.</param>
/// <param name="Height">Its rows; of any, those that the graph is made with.</param>
/// <param name="Width">Its columns; of any, those that the graph is made with.</param>
/// <param name="Multiple">What sides are multiples of.</param>
/// <param name="Normalize">What the network wants pixels scaled to; null where nobody said.</param>
internal sealed record ExportedImage(int Channels, int Height, int Width, int Multiple, Normalize? Normalize)
{
    // Where any size goes, large enough that no map shrinks to a pixel, of which a mean would be left out.
    private const int AnySide = 256;

    /// <summary>[1, C, H, W].</summary>
    public long[] Shape => [1, Channels, Height, Width];

    /// <summary>The image of a network, with what options say otherwise.</summary>
    /// <exception cref="TResNetException">The network does not take it, or nobody said how large it is.</exception>
    public static ExportedImage Of(nn.Module model, OnnxOptions options)
    {
        var (channels, side, multiple, normalize) = model switch
        {
            Network network => (
                network.InChans,
                network.DataConfig.InputSize,
                network.Info.Multiple,
                network.DataConfig.Normalize
            ),
            FeatureNetwork features => (
                features.InChans,
                features.Info.InputSize,
                features.Info.Multiple,
                features.Info.Normalize
            ),
            _ => (options.InChans ?? 3, 0, 1, (Normalize?)null),
        };
        if (options.InChans is { } asked && asked != channels)
        {
            throw new TResNetException(
                $"{asked} channels were asked for, and {model.GetName()} takes {channels}: leave them out."
            );
        }

        return new ExportedImage(
            channels,
            Side(options.Height, "Height"),
            Side(options.Width, "Width"),
            multiple,
            normalize
        );

        int Side(int? wanted, string name) =>
            wanted switch
            {
                > 0 => wanted.Value,
                null when side == 0 => throw new TResNetException(
                    $"How large the images of {model.GetName()} are is not known: say so with {name}, in pixels, or {OnnxOptions.Dynamic} for any."
                ),
                null => side,
                _ => Math.Max(side, AnySide),
            };
    }

    /// <summary>What the file wants of its images, in one line.</summary>
    /// <param name="white">What white is; null where they are prepared outside.</param>
    public string Describe(double? white)
    {
        var colours = Channels switch
        {
            3 => "Red, green and blue",
            1 => "Grey",
            _ => $"{Channels} channels",
        };
        return white is { } most ? string.Create(CultureInfo.InvariantCulture, $"{colours}, 0 to {most}.")
            : Normalize is null ? $"{colours}, as the module takes them."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{colours}, (value - mean) / std of values from 0 to 1, with mean ({string.Join(", ", Normalize.Mean)}) and std ({string.Join(", ", Normalize.Std)})."
            );
    }

    /// <summary>What makes a network's input of a channel's value: value times scale plus shift.</summary>
    /// <param name="white">What white is.</param>
    /// <exception cref="TResNetException">There are neither one nor three channels.</exception>
    public (float[] Scale, float[] Shift) Scaling(double white)
    {
        var (mean, std) = Normalize is null ? ([0, 0, 0], [1, 1, 1]) : (Normalize.Mean, Normalize.Std);
        double[] scales = [.. std.Select(deviation => 1 / (white * deviation))];
        double[] shifts = [.. mean.Zip(std, (middle, deviation) => -middle / deviation)];
        return Channels switch
        {
            3 => (Singles(scales), Singles(shifts)),
            // A grey image is the mean of its colours once they are scaled.
            1 => (Singles([scales.Average()]), Singles([shifts.Average()])),
            _ => throw new TResNetException(
                $"Mean and deviation are known for images of 1 or 3 channels, and these have {Channels}: scale them outside, without input-scale."
            ),
        };

        static float[] Singles(double[] values) => [.. values.Select(value => (float)value)];
    }
}
