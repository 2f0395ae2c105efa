using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>How the numbers of a feature map are distributed over its range.</summary>
/// <param name="range">What holds all of them.</param>
/// <param name="bins">How many parts the range has.</param>
internal sealed class Histogram(ValueRange range, int bins = 2048)
{
    private readonly double[] counts = new double[bins];

    /// <summary>How many numbers each part has.</summary>
    public IReadOnlyList<double> Counts => counts;

    private double Width => (range.High - range.Low) / bins;

    /// <summary>Counts numbers.</summary>
    public void Add(Tensor tensor)
    {
        if (range.High <= range.Low)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var places = (tensor.flatten().cpu() - range.Low) / Width;
        var found = places.clamp(0, bins).histc(bins, 0, bins).data<float>().ToArray();
        for (var i = 0; i < bins; i++)
        {
            counts[i] += found[i];
        }
    }

    /// <summary>What a share of the numbers lies in, with as many left out on each side.</summary>
    public ValueRange Central(double share)
    {
        if (range.High <= range.Low)
        {
            return range;
        }

        var left = counts.Sum() * (1 - share) / 2;
        return new ValueRange(
            range.Low + Beyond(counts, left) * Width,
            range.High - Beyond(counts.Reverse(), left) * Width
        );

        static int Beyond(IEnumerable<double> counts, double left)
        {
            var (sum, bins) = (0.0, 0);
            foreach (var count in counts)
            {
                sum += count;
                if (sum > left)
                {
                    break;
                }

                bins++;
            }

            return bins;
        }
    }
}
