using static TorchSharp.torch;

namespace TResNet.Onnx.Tests;

/// <summary>The range of the smallest divergence, of numbers that are known.</summary>
public sealed class EntropyRangeTests
{
    private const int Many = 1 << 20;

    [Fact]
    public void A_number_far_from_all_others_is_left_out()
    {
        using var scope = NewDisposeScope();
        var numbers = cat([randn(Many, generator: new Generator(1)), tensor(new float[] { -40, 40 })]);

        var range = RangeOf(numbers);

        Assert.Equal(range.High, -range.Low, 1e-9);
        Assert.InRange(range.High, 3.5, 7);
    }

    [Fact]
    public void Numbers_that_are_everywhere_are_all_kept()
    {
        using var scope = NewDisposeScope();
        var numbers = rand(Many, generator: new Generator(1)) * 2 - 1;

        Assert.InRange(RangeOf(numbers).High, 0.99, 1);
        Assert.InRange(RangeOf(numbers.abs()).High, 0.99, 1);
        Assert.InRange(RangeOf(numbers.clamp_min(-0.25)).High, 0.99, 1);
        Assert.Equal(-0.25, RangeOf(numbers.clamp_min(-0.25)).Low, 1e-6);
    }

    [Fact]
    public void Zeros_change_nothing()
    {
        using var scope = NewDisposeScope();
        var numbers = cat([randn(Many, generator: new Generator(1)).abs(), tensor(new float[] { 40 })]);

        var range = RangeOf(numbers);

        Assert.InRange(range.High, 3.5, 12);
        Assert.Equal(range.High, RangeOf(cat([numbers, zeros(Many)])).High);
        Assert.Equal(range.High, RangeOf(cat([numbers, zeros(5 * Many)])).High);
    }

    [Fact]
    public void A_sign_that_hardly_occurs_takes_hardly_a_step()
    {
        using var scope = NewDisposeScope();
        var numbers = cat([randn(Many, generator: new Generator(1)).abs(), tensor(new float[] { 40 })]);

        var (alone, beside) = (RangeOf(numbers), RangeOf(cat([numbers, tensor(new float[] { -0.1f })])));

        Assert.Equal(alone.High, beside.High, 1.5);
        Assert.Equal(-0.1, beside.Low, 1e-6);
    }

    [Fact]
    public void Of_few_numbers_the_whole_range_is_kept()
    {
        using var scope = NewDisposeScope();
        var range = RangeOf(tensor(new float[] { -1, 0, 0.5f, 8 }));

        Assert.Equal((-1, 8), (range.Low, range.High));
    }

    private static ValueRange RangeOf(Tensor numbers)
    {
        var range = new ValueRange(numbers.min().item<float>(), numbers.max().item<float>());
        var histogram = EntropyRange.Counting(range);
        histogram.Add(numbers);
        return EntropyRange.Of(histogram, range);
    }
}
