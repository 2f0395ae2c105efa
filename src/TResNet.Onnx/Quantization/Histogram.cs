using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>How the numbers of a feature map are distributed over its range.</summary>
/// <param name="range">From the smallest number to the largest.</param>
internal sealed class Histogram(ValueRange range)
{
    /// <summary>The share of the numbers that <see cref="CalibrationMethod.Percentile"/> keeps.</summary>
    public const double Share = 0.99999;

    /// <summary>How many parts the range has.</summary>
    public const int Bins = 2048;

    private readonly double[] counts = new double[Bins];

    /// <summary>How many numbers each part has.</summary>
    public IReadOnlyList<double> Counts => counts;

    /// <summary>What the parts lie in.</summary>
    public ValueRange Range => range;

    private double Width => (range.High - range.Low) / Bins;

    /// <summary>Counts numbers.</summary>
    public void Add(Tensor tensor)
    {
        if (range.High <= range.Low)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var places = (tensor.flatten().cpu() - range.Low) / Width;
        var found = places.clamp(0, Bins).histc(Bins, 0, Bins).data<float>().ToArray();
        for (var i = 0; i < Bins; i++)
        {
            counts[i] += found[i];
        }
    }

    /// <summary>The middle of a part.</summary>
    public double Middle(int bin) => range.Low + (bin + 0.5) * Width;

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
