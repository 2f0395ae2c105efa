// A batch image by image, so that several threads can share it. What becomes of an image does not depend on who does it or when.

using System.Runtime.ExceptionServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>A batch between its beginning and its delivery. Disposed before it is taken, it leaves nothing behind.</summary>
internal sealed class PendingBatch : IDisposable
{
    private readonly ImageDataset data;
    private readonly int[] indices;
    private readonly int? epoch;
    private readonly BatchMemory? memory;
    private readonly bool pinned;
    private readonly bool[] isRead;
    private readonly int floats;
    private readonly int rowsAtOnce;
    private readonly Lock errors = new();
    private (int Row, ExceptionDispatchInfo Error)? error;
    private Tensor? values;
    private ImageBatch? batch;
    private int claimed;
    private int done;
    private volatile bool isDone;

    /// <summary>Begins a batch.</summary>
    /// <param name="data">Where the images come from.</param>
    /// <param name="indices">Which images, as <see cref="BatchSampler"/> counts them; at least one.</param>
    /// <param name="epoch">The epoch of training, from 1; null for evaluation.</param>
    /// <param name="memory">Where large tensors come from, and go back to with the batch; null for fresh ones.</param>
    /// <param name="pinned">Whether the batch shall lie in memory that a GPU copies from by itself.</param>
    public PendingBatch(ImageDataset data, int[] indices, int? epoch, BatchMemory? memory = null, bool pinned = false)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
        (this.data, this.indices, this.epoch, this.memory, this.pinned) = (data, indices, epoch, memory, pinned);
        isRead = new bool[indices.Length];
        var rows = data.Rows;
        floats = rows.Channels * rows.Height * rows.Width;
        rowsAtOnce = rows.IsQuick ? indices.Length : 1;
        long[] shape = [indices.Length, rows.Channels, rows.Height, rows.Width];
        values = memory?.Rent(shape) ?? empty(shape, ScalarType.Float32);
    }

    private PendingBatch(Exception error)
    {
        (data, indices, isRead) = (null!, [], []);
        (this.error, isDone) = ((0, ExceptionDispatchInfo.Capture(error)), true);
    }

    /// <summary>Whether it can be taken.</summary>
    public bool IsDone => isDone;

    /// <summary>An error in the place of a batch that could not be begun.</summary>
    public static PendingBatch Failed(Exception error) => new(error);

    /// <summary>All of it on this thread. The batch is the caller's.</summary>
    public ImageBatch Make()
    {
        for (var row = 0; row < indices.Length && error is null; row += rowsAtOnce)
        {
            Read(row);
        }

        Finish();
        return Take();
    }

    /// <summary>The first of the next images that nobody reads yet; null where there is none. Only under the loader's lock.</summary>
    public int? Claim()
    {
        var first = claimed;
        claimed = Math.Min(first + rowsAtOnce, indices.Length);
        return first < claimed ? first : null;
    }

    /// <summary>Reads the images that were claimed.</summary>
    /// <param name="first">The first of them.</param>
    /// <returns>Whether they were the last, and the batch can be finished.</returns>
    public bool Read(int first)
    {
        var end = Math.Min(first + rowsAtOnce, indices.Length);
        var values = TensorMemory.Floats(this.values!);
        for (var row = first; row < end; row++)
        {
            try
            {
                isRead[row] = data.Rows.ReadDrawn(
                    ImageOf(indices[row]),
                    indices[row],
                    epoch,
                    values.Slice(row * floats, floats)
                );
            }
            catch (Exception error)
            {
                Fail(row, error);
            }
        }

        return Interlocked.Add(ref done, end - first) == indices.Length;
    }

    /// <summary>Makes the batch, after all images are read.</summary>
    public void Finish()
    {
        try
        {
            batch = this.error is null ? Collate() : null;
            batch = pinned && batch is { Count: > 0 } ? batch.Pinned() : batch;
        }
        catch (Exception error)
        {
            Fail(int.MaxValue, error);
        }

        Release();
        isDone = true;
    }

    /// <summary>The batch, or the error of its first image that failed.</summary>
    public ImageBatch Take()
    {
        error?.Error.Throw();
        var batch = this.batch!;
        this.batch = null;
        return batch;
    }

    public void Dispose()
    {
        batch?.Dispose();
        Release();
    }

    /// <summary>The images that could be read, mixed and made to fit, with their labels.</summary>
    private ImageBatch Collate()
    {
        var read = Enumerable.Range(0, this.indices.Length).Where(row => isRead[row]).ToArray();
        for (var to = 0; to < read.Length; to++)
        {
            if (read[to] != to)
            {
                Row(read[to]).CopyTo(Row(to));
            }
        }

        var draws = Array.ConvertAll(read, row => this.indices[row]);
        var indices = Array.ConvertAll(draws, ImageOf);
        var mixes = epoch is not null && data.Rows.Mixes;
        var labels = LabelsOf(indices, asShares: mixes || data.IsMultiLabel);
        if (mixes)
        {
            data.Rows.Mix(
                TensorMemory.Floats(this.values!)[..(read.Length * floats)],
                TensorMemory.Floats(labels),
                draws,
                epoch!.Value,
                this.indices[0]
            );
        }

        var images = this.values!.narrow(0, 0, read.Length);
        var fitted = data.Fit(images);
        if (!ReferenceEquals(fitted, images))
        {
            images.Dispose();
        }
        else if (this.memory is { } memory && this.values is { } values)
        {
            this.values = null;
            return new ImageBatch(images, labels, indices, release: () => memory.Return(values));
        }

        return new ImageBatch(fitted, labels, indices);
    }

    // An image that comes again has the number of images added to its index each time.
    private int ImageOf(int index) => epoch is null || index < data.Count ? index : index % data.Count;

    private Tensor LabelsOf(int[] indices, bool asShares)
    {
        if (!asShares)
        {
            return tensor(Array.ConvertAll(indices, index => (long)data.LabelsOf(index)[0]));
        }

        var classes = data.Classes.Count;
        var shares = new float[indices.Length * classes];
        for (var row = 0; row < indices.Length; row++)
        {
            foreach (var label in data.LabelsOf(indices[row]))
            {
                shares[row * classes + label] = 1;
            }

            foreach (var label in data.UnknownOf(indices[row]))
            {
                shares[row * classes + label] = float.NaN;
            }
        }

        return tensor(shares, [indices.Length, classes]);
    }

    private void Fail(int row, Exception error)
    {
        lock (errors)
        {
            if (this.error is null || row < this.error.Value.Row)
            {
                this.error = (row, ExceptionDispatchInfo.Capture(error));
            }
        }
    }

    private void Release()
    {
        if (values is null)
        {
            return;
        }

        if (memory is null)
        {
            values.Dispose();
        }
        else
        {
            memory.Return(values);
        }

        values = null;
    }

    private Span<float> Row(int row) => TensorMemory.Floats(values!).Slice(row * floats, floats);
}
