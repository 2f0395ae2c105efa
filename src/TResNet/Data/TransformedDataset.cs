// Images of a source as a network sees them: decoded, transformed one by one, normalised.

using TResNet.Compute;
using TResNet.Data.Images;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Data;

/// <summary>
/// The images of a source as square images of one size. Damaged ones are left out of their batch, which is then shorter, and named in
/// <see cref="Skipped"/>.
/// </summary>
/// <example><code>
/// var (train, validation) = ImageSources.Load("flowers");
/// var data = new TransformedDataset(train, 224, new Compose(new RandomResizedCrop(224), new RandomHorizontalFlip()));
/// var (images, labels) = data.GetTrainingBatch([0, 1, 2], epoch: 1);   // [3, 3, 224, 224] and [3]
/// </code></example>
public sealed class TransformedDataset : ImageDataset
{
    private const ulong ErasingPurpose = 4;
    private const ulong MixPurpose = 5;

    private readonly ImageSource _source;
    private readonly int _size;
    private readonly ImageTransform _evaluation;
    private readonly ImageTransform _training;
    private readonly long _seed;
    private readonly PixelPlanes _planes;
    private readonly RandomErasing? _erasing;
    private readonly BatchMix? _mix;

    /// <summary>A data set.</summary>
    /// <param name="source">Where the images are.</param>
    /// <param name="size">The side in pixels that both transforms give, 1 to 16,384.</param>
    /// <param name="training">What training sees; null for the same as evaluation.</param>
    /// <param name="evaluation">What evaluation sees; null for <see cref="EvaluationCrop"/> of 87.5%.</param>
    /// <param name="scale">What becomes of the pixels; null for 0 to 1.</param>
    /// <param name="seed">With the epoch and an image's index, decides what random transforms draw.</param>
    /// <param name="erasing">Erases parts of normalised training images; null for none.</param>
    /// <param name="mix">Mixes training images with each other, whose labels then are shares; null for none.</param>
    /// <exception cref="TResNetException">The size is out of range.</exception>
    public TransformedDataset(
        ImageSource source,
        int size,
        ImageTransform? training = null,
        ImageTransform? evaluation = null,
        PixelScale? scale = null,
        long seed = 0,
        RandomErasing? erasing = null,
        BatchMix? mix = null
    )
    {
        (_source, _size, _seed) = (source, size, seed);
        (_erasing, _mix) = (erasing, mix);
        _evaluation = evaluation ?? new EvaluationCrop(size);
        _training = training ?? _evaluation;
        _planes = new PixelPlanes(scale ?? PixelScale.ZeroToOne);
    }

    /// <summary>Makes the same images in another size; null where only the finished ones can be resized.</summary>
    internal Func<int, TransformedDataset>? AtOtherSize { get; init; }

    /// <summary>What the transforms for training were made from; null where they were given.</summary>
    internal Augmentations? MadeFrom { get; init; }

    internal override Augmentations? Augmentations => MadeFrom;

    /// <inheritdoc/>
    public override string Name => _source.Name;

    /// <summary>The number of images, those included that turn out to be damaged.</summary>
    public override int Count => _source.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => _source.Classes;

    /// <inheritdoc/>
    public override int Channels => RgbImage.Channels;

    /// <inheritdoc/>
    public override int Height => _size;

    /// <inheritdoc/>
    public override int Width => _size;

    /// <inheritdoc/>
    public override bool IsMultiLabel => _source.IsMultiLabel;

    /// <inheritdoc/>
    public override SkippedImages Skipped => _source.Skipped;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => _source.Notes.Describe();

    /// <summary>Images as evaluation sees them.</summary>
    /// <param name="indices">Which images, each from 0 to <see cref="Count"/> - 1; at least one.</param>
    /// <returns>
    /// Images <c>[N, 3, H, W]</c>, float32, normalised, and labels <c>[N]</c>, int64, or shares <c>[N, classes]</c>, float32; both on the CPU, and
    /// without those that cannot be read.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is not of this data set.</exception>
    /// <exception cref="TResNetException">An image cannot be read, and the source is strict.</exception>
    public override (Tensor Images, Tensor Labels) GetBatch(ReadOnlySpan<int> indices)
    {
        var batch = Begin(indices.ToArray(), epoch: null).DoAll();
        return (batch.Images, batch.Labels);
    }

    /// <inheritdoc/>
    public override (Tensor Images, Tensor Labels) GetTrainingBatch(ReadOnlySpan<int> indices, int epoch)
    {
        var batch = Begin(indices.ToArray(), epoch).DoAll();
        return (batch.Images, batch.Labels);
    }

    internal override void RequireImages()
    {
        base.RequireImages();
        var isRead = Enumerable
            .Range(0, Count)
            .Any(index => _source.Read(index, image => image.Decode(leastSide: 1)) is not null);
        if (!isRead)
        {
            throw new TResNetException(
                $"Not one of the {Count:N0} images of {Name} can be read; of the first: {Skipped.ToList()[0].Reason}"
            );
        }
    }

    internal override ImageDataset AtSize(int height) => AtOtherSize?.Invoke(height) ?? base.AtSize(height);

    internal override BatchWork Begin(int[] indices, int? epoch, BatchMemory? memory = null) =>
        new Work(this, indices, epoch, memory);

    private RgbImage? Read(int index, int? epoch)
    {
        using var memory = new FileMemory();
        return _source.Read(
            index,
            memory,
            image =>
                epoch is { } number
                    ? _training.Apply(image, _seed, number, index)
                    : _evaluation.Apply(image, _seed, 0, index)
        );
    }

    private Tensor LabelsOf(int[] indices, bool asShares)
    {
        if (!asShares)
        {
            return tensor(Array.ConvertAll(indices, index => (long)_source.LabelsOf(index)[0]));
        }

        var shares = new float[indices.Length * Classes.Count];
        for (var row = 0; row < indices.Length; row++)
        {
            foreach (var label in _source.LabelsOf(indices[row]))
            {
                shares[row * Classes.Count + label] = 1;
            }
        }

        return tensor(shares, [indices.Length, Classes.Count]);
    }

    /// <summary>A batch of which each image is a part.</summary>
    private sealed class Work : BatchWork
    {
        private readonly TransformedDataset _data;
        private readonly int[] _indices;
        private readonly int? _epoch;
        private readonly BatchMemory? _memory;
        private readonly bool[] _isRead;
        private Tensor? _images;

        public Work(TransformedDataset data, int[] indices, int? epoch, BatchMemory? memory)
        {
            ArgumentOutOfRangeException.ThrowIfZero(indices.Length);
            (_data, _indices, _epoch, _memory) = (data, indices, epoch, memory);
            _isRead = new bool[indices.Length];
            long[] shape = [indices.Length, RgbImage.Channels, data._size, data._size];
            _images = memory?.Rent(shape) ?? empty(shape, ScalarType.Float32);
        }

        public override int Parts => _indices.Length;

        private int Floats => RgbImage.Channels * _data._size * _data._size;

        public override void Do(int part)
        {
            if (_data.Read(_indices[part], _epoch) is not { } image)
            {
                return;
            }

            if ((image.Width, image.Height) != (_data._size, _data._size))
            {
                throw new TResNetException(
                    $"The transforms of {_data.Name} made an image of {image.Width} x {image.Height} pixels, but {_data._size} x {_data._size} were "
                        + "announced; end them with a crop of that size."
                );
            }

            _data._planes.Write(image, Row(part));
            if (_epoch is { } epoch)
            {
                _data._erasing?.Apply(
                    Row(part),
                    _data._size,
                    _data._size,
                    SplitMix64.For(_data._seed, epoch, ErasingPurpose, _indices[part])
                );
            }

            image.Recycle(); // nobody else has seen it: it was opened for this batch
            _isRead[part] = true;
        }

        public override ImageBatch Finish()
        {
            var read = Enumerable.Range(0, Parts).Where(part => _isRead[part]).ToArray();
            for (var to = 0; to < read.Length; to++)
            {
                if (read[to] != to)
                {
                    Row(read[to]).CopyTo(Row(to));
                }
            }

            var indices = Array.ConvertAll(read, part => _indices[part]);
            var images = _images!;
            _images = null;
            var isMixed = _data._mix is not null && _epoch is not null;
            var (kept, labels) = (
                images.narrow(0, 0, read.Length),
                _data.LabelsOf(indices, asShares: isMixed || _data.IsMultiLabel)
            );
            if (isMixed && _epoch is { } epoch)
            {
                _data._mix!.Apply(
                    TensorMemory.Floats(images)[..(read.Length * Floats)],
                    TensorMemory.Floats(labels),
                    (read.Length, RgbImage.Channels, _data._size, _data._size),
                    SplitMix64.For(_data._seed, epoch, MixPurpose, _indices[0])
                );
            }

            if (_memory is not null)
            {
                return new ImageBatch(kept, labels, indices, release: () => _memory.Return(images));
            }

            images.Dispose();
            return new ImageBatch(kept, labels, indices);
        }

        public override void Dispose()
        {
            if (_images is null)
            {
                return;
            }

            if (_memory is null)
            {
                _images.Dispose();
            }
            else
            {
                _memory.Return(_images);
            }

            _images = null;
        }

        private Span<float> Row(int row) => TensorMemory.Floats(_images!).Slice(row * Floats, Floats);
    }
}
