using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>The ranges of a network's feature maps on images.</summary>
/// <param name="Ranges">Of each value that was watched.</param>
/// <param name="Images">How many images were seen.</param>
internal sealed record Calibration(IReadOnlyDictionary<Value, ValueRange> Ranges, long Images)
{
    // The share of the numbers that the method of percentiles keeps.
    private const double Kept = 0.99999;

    /// <summary>Computes the network on images.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="watched">The values whose ranges are wanted.</param>
    /// <param name="options">The images, and how ranges are chosen.</param>
    /// <param name="together">How many images are computed together.</param>
    /// <exception cref="TResNetException">A value is not finite, or no image can be read.</exception>
    public static Calibration Of(Graph graph, IReadOnlySet<Value> watched, QuantizationOptions options, int together)
    {
        var device = graph.Values.SelectMany(value => value.Operation.Weights).FirstOrDefault()?.device ?? CPU;
        var ranges = new Dictionary<Value, ValueRange>();
        var seen = Each((value, tensor) => ranges[value] = Widened(options.Images.Name, value, tensor, ranges));
        if (options.CalibrateMethod == CalibrationMethod.MinMax)
        {
            return new Calibration(ranges, seen);
        }

        var byEntropy = options.CalibrateMethod == CalibrationMethod.Entropy;
        var histograms = watched.ToDictionary(
            value => value,
            value => byEntropy ? EntropyRange.Counting(ranges[value]) : new Histogram(ranges[value])
        );
        Each((value, tensor) => histograms[value].Add(tensor));
        return new Calibration(
            histograms.ToDictionary(
                each => each.Key,
                each => byEntropy ? EntropyRange.Of(each.Value, ranges[each.Key]) : each.Value.Central(Kept)
            ),
            seen
        );

        long Each(Action<Value, Tensor> look)
        {
            var count = 0L;
            foreach (var indices in CalibrationBatches.Of(options.Images.Count, options.CalibrationImages, together))
            {
                using var scope = NewDisposeScope();
                var images = options.Images.GetBatch(indices).Images.to(device);
                if (images.shape[0] == 0)
                {
                    continue;
                }

                count += images.shape[0];
                Watch(graph.Input, images);
                Interpreter.Run(graph, images, Watch);
            }

            return count > 0
                ? count
                : throw new TResNetException(
                    $"None of the {options.CalibrationImages} images of {options.Images.Name} to calibrate on can be read: choose others."
                );

            void Watch(Value value, Tensor tensor)
            {
                if (watched.Contains(value))
                {
                    look(value, tensor);
                }
            }
        }
    }

    private static ValueRange Widened(
        string data,
        Value value,
        Tensor tensor,
        IReadOnlyDictionary<Value, ValueRange> ranges
    )
    {
        using var scope = NewDisposeScope();
        var (low, high) = tensor.aminmax();
        var range = new ValueRange(low.item<float>(), high.item<float>());
        if (!double.IsFinite(range.Low) || !double.IsFinite(range.High))
        {
            throw new TResNetException(
                value.Operation is Input
                    ? $"The images of {data} have values that are not finite, so there is no range to quantise to: look at how they are made."
                    : $"A {value.Operation.Text} of the network gives values that are not finite for images of {data}, so there is no range to quantise to: look at its weights and at the images."
            );
        }

        return ranges.TryGetValue(value, out var before)
            ? new ValueRange(Math.Min(before.Low, range.Low), Math.Max(before.High, range.High))
            : range;
    }
}
