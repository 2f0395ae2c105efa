// What a batch that was never tried would take: the memory of a pass grows with the images in a line, from what the weights take upwards.

namespace TResNet.Profiling.Throughput;

/// <summary>The process's memory over the batch size, from measured batches.</summary>
internal sealed class BatchMemoryLine
{
    /// <summary>How many times the largest measured batch the line is believed for.</summary>
    private const int Reach = 8;

    private const int Stride = 4;

    private readonly SortedDictionary<int, long> peaks = [];

    /// <summary>The largest batch that was measured; 0 before the first.</summary>
    public int Largest => peaks.Count == 0 ? 0 : peaks.Keys.Last();

    /// <summary>Whether there are two batches to draw a line through.</summary>
    public bool CanPredict => peaks.Count > 1;

    /// <summary>Adds what a batch took.</summary>
    /// <param name="batch">Its images.</param>
    /// <param name="peak">The most resident memory of the process meanwhile, in bytes.</param>
    public void Add(int batch, long peak) => peaks[batch] = peak;

    /// <summary>The batch to measure before one of another size can be foretold: small ones first, then ever larger; null when the line reaches.</summary>
    /// <param name="target">The images of the other batch.</param>
    /// <param name="least">The smallest batch there is.</param>
    public int? Before(int target, int least)
    {
        var next =
            Largest == 0 ? (target > 2 * least ? least : target)
            : !CanPredict ? 2 * Largest
            : target > Reach * (long)Largest ? Stride * Largest
            : target;
        return next < target ? next : null;
    }

    /// <summary>The peak of a batch, in bytes, by the line through the smallest and the largest batch measured.</summary>
    /// <exception cref="InvalidOperationException">Fewer than two batches were measured.</exception>
    public long Predict(int batch)
    {
        var (least, slope) = Line();
        return (long)(least.Value + slope * (batch - least.Key));
    }

    /// <summary>The largest batch whose peak is predicted to stay within a limit; 0 where none is, <see cref="int.MaxValue"/> where all are.</summary>
    /// <param name="limit">Bytes.</param>
    public int LargestWithin(long limit)
    {
        var (least, slope) = Line();
        return slope <= 0 ? int.MaxValue : (int)Math.Clamp(least.Key + (limit - least.Value) / slope, 0, int.MaxValue);
    }

    private (KeyValuePair<int, long> Least, double Slope) Line()
    {
        if (!CanPredict)
        {
            throw new InvalidOperationException("A line needs two batches.");
        }

        var (least, largest) = (peaks.First(), peaks.Last());
        return (least, (largest.Value - least.Value) / (double)(largest.Key - least.Key));
    }
}
