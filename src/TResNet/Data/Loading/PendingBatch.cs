// A batch image by image, so that several threads can share it. What becomes of an image does not depend on who does it or when.

using System.Runtime.ExceptionServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>A batch between its beginning and its delivery. Disposed before it is taken, it leaves nothing behind.</summary>
internal sealed class PendingBatch : IDisposable
{
    private readonly ImageDataset _data;
    private readonly int[] _indices;
    private readonly int? _epoch;
    private readonly BatchMemory? _memory;
    private readonly bool _pinned;
    private readonly bool[] _isRead;
    private readonly int _floats;
    private readonly int _rowsAtOnce;
    private readonly Lock _errors = new();
    private (int Row, ExceptionDispatchInfo Error)? _error;
    private Tensor? _values;
    private ImageBatch? _batch;
    private int _claimed;
    private int _done;
    private volatile bool _isDone;

    /// <summary>Begins a batch.</summary>
    /// <param name="data">Where the images come from.</param>
    /// <param name="indices">Which images; at least one.</param>
    /// <param name="epoch">The epoch of training, from 1; null for evaluation.</param>
    /// <param name="memory">Where large tensors come from, and go back to with the batch; null for fresh ones.</param>
    /// <param name="pinned">Whether the batch shall lie in memory that a GPU copies from by itself.</param>
    public PendingBatch(ImageDataset data, int[] indices, int? epoch, BatchMemory? memory = null, bool pinned = false)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
        (_data, _indices, _epoch, _memory, _pinned) = (data, indices, epoch, memory, pinned);
        _isRead = new bool[indices.Length];
        var rows = data.Rows;
        _floats = rows.Channels * rows.Height * rows.Width;
        _rowsAtOnce = rows.IsQuick ? indices.Length : 1;
        long[] shape = [indices.Length, rows.Channels, rows.Height, rows.Width];
        _values = memory?.Rent(shape) ?? empty(shape, ScalarType.Float32);
    }

    private PendingBatch(Exception error)
    {
        (_data, _indices, _isRead) = (null!, [], []);
        (_error, _isDone) = ((0, ExceptionDispatchInfo.Capture(error)), true);
    }

    /// <summary>Whether it can be taken.</summary>
    public bool IsDone => _isDone;

    /// <summary>An error in the place of a batch that could not be begun.</summary>
    public static PendingBatch Failed(Exception error) => new(error);

    /// <summary>All of it on this thread. The batch is the caller's.</summary>
    public ImageBatch Make()
    {
        for (var row = 0; row < _indices.Length && _error is null; row += _rowsAtOnce)
        {
            Read(row);
        }

        Finish();
        return Take();
    }

    /// <summary>The first of the next images that nobody reads yet; null where there is none. Only under the loader's lock.</summary>
    public int? Claim()
    {
        var first = _claimed;
        _claimed = Math.Min(first + _rowsAtOnce, _indices.Length);
        return first < _claimed ? first : null;
    }

    /// <summary>Reads the images that were claimed.</summary>
    /// <param name="first">The first of them.</param>
    /// <returns>Whether they were the last, and the batch can be finished.</returns>
    public bool Read(int first)
    {
        var end = Math.Min(first + _rowsAtOnce, _indices.Length);
        var values = TensorMemory.Floats(_values!);
        for (var row = first; row < end; row++)
        {
            try
            {
                _isRead[row] = _data.Rows.Read(_indices[row], _epoch, values.Slice(row * _floats, _floats));
            }
            catch (Exception error)
            {
                Fail(row, error);
            }
        }

        return Interlocked.Add(ref _done, end - first) == _indices.Length;
    }

    /// <summary>Makes the batch, after all images are read.</summary>
    public void Finish()
    {
        try
        {
            _batch = _error is null ? Collate() : null;
            _batch = _pinned && _batch is { Count: > 0 } ? _batch.Pinned() : _batch;
        }
        catch (Exception error)
        {
            Fail(int.MaxValue, error);
        }

        Release();
        _isDone = true;
    }

    /// <summary>The batch, or the error of its first image that failed.</summary>
    public ImageBatch Take()
    {
        _error?.Error.Throw();
        var batch = _batch!;
        _batch = null;
        return batch;
    }

    public void Dispose()
    {
        _batch?.Dispose();
        Release();
    }

    /// <summary>The images that could be read, mixed and made to fit, with their labels.</summary>
    private ImageBatch Collate()
    {
        var read = Enumerable.Range(0, _indices.Length).Where(row => _isRead[row]).ToArray();
        for (var to = 0; to < read.Length; to++)
        {
            if (read[to] != to)
            {
                Row(read[to]).CopyTo(Row(to));
            }
        }

        var indices = Array.ConvertAll(read, row => _indices[row]);
        var mixes = _epoch is not null && _data.Rows.Mixes;
        var labels = LabelsOf(indices, asShares: mixes || _data.IsMultiLabel);
        if (mixes)
        {
            _data.Rows.Mix(
                TensorMemory.Floats(_values!)[..(read.Length * _floats)],
                TensorMemory.Floats(labels),
                read.Length,
                _epoch!.Value,
                _indices[0]
            );
        }

        var images = _values!.narrow(0, 0, read.Length);
        var fitted = _data.Fit(images);
        if (!ReferenceEquals(fitted, images))
        {
            images.Dispose();
        }
        else if (_memory is { } memory && _values is { } values)
        {
            _values = null;
            return new ImageBatch(images, labels, indices, release: () => memory.Return(values));
        }

        return new ImageBatch(fitted, labels, indices);
    }

    private Tensor LabelsOf(int[] indices, bool asShares)
    {
        if (!asShares)
        {
            return tensor(Array.ConvertAll(indices, index => (long)_data.LabelsOf(index)[0]));
        }

        var classes = _data.Classes.Count;
        var shares = new float[indices.Length * classes];
        for (var row = 0; row < indices.Length; row++)
        {
            foreach (var label in _data.LabelsOf(indices[row]))
            {
                shares[row * classes + label] = 1;
            }
        }

        return tensor(shares, [indices.Length, classes]);
    }

    private void Fail(int row, Exception error)
    {
        lock (_errors)
        {
            if (_error is null || row < _error.Value.Row)
            {
                _error = (row, ExceptionDispatchInfo.Capture(error));
            }
        }
    }

    private void Release()
    {
        if (_values is null)
        {
            return;
        }

        if (_memory is null)
        {
            _values.Dispose();
        }
        else
        {
            _memory.Return(_values);
        }

        _values = null;
    }

    private Span<float> Row(int row) => TensorMemory.Floats(_values!).Slice(row * _floats, _floats);
}
