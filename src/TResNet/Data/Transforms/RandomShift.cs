// Random shifts ("random crop with padding": K. He et al., arXiv 1512.03385, section 4.2), on the values of a network's input.

using System.Buffers;

namespace TResNet.Data.Transforms;

/// <summary>Shifts an image at random; what comes in is 0.</summary>
/// <param name="most">The largest shift in pixels, each way; 0 to 64.</param>
/// <param name="flips">Whether half of the images are mirrored left to right too, as <c>--flip</c> of earlier versions did.</param>
/// <exception cref="TResNetException">The shift is out of range.</exception>
internal sealed class RandomShift(int most, bool flips = false)
{
    private const ulong Purpose = 2;
    private const int Largest = 64;

    private readonly int most = most is >= 0 and <= Largest
        ? most
        : throw new TResNetException(
            $"The shift is {most}, but it has to be from 0 to {Largest} pixels; choose another."
        );

    /// <summary>Whether nothing is ever changed.</summary>
    public bool IsNone => this.most == 0 && !flips;

    /// <summary>Changes the values of one image in place.</summary>
    /// <param name="planes">Values <c>[channels, height, width]</c>.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="seed">Decides, with the epoch and the image, what is drawn.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">Which image it is.</param>
    public void Apply(Span<float> planes, int height, int width, long seed, int epoch, int index)
    {
        if (IsNone)
        {
            return;
        }

        var random = SplitMix64.For(seed, epoch, Purpose, index);
        var mirrored = flips && random.Next(2) == 1;
        var (down, right) = (random.Next(2 * this.most + 1) - this.most, random.Next(2 * this.most + 1) - this.most);
        var before = ArrayPool<float>.Shared.Rent(planes.Length);
        planes.CopyTo(before);
        planes.Clear();
        var (first, end) = (Math.Max(0, -right), Math.Min(width, width - right));
        for (var row = 0; row < planes.Length / width && first < end; row++)
        {
            var from = row % height + down;
            if (from < 0 || from >= height)
            {
                continue;
            }

            var source = before.AsSpan((row + down) * width, width);
            var target = planes.Slice(row * width, width);
            source[(first + right)..(end + right)].CopyTo(target[first..end]);
            if (mirrored)
            {
                target.Reverse();
            }
        }

        ArrayPool<float>.Shared.Return(before);
    }
}
