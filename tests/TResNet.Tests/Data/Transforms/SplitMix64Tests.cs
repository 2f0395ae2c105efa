using TResNet.Data;
using TResNet.Data.Transforms;

namespace TResNet.Tests.Data.Transforms;

public sealed class SplitMix64Tests
{
    [Fact]
    public void It_gives_the_published_sequence()
    {
        // The reference output for seed 1234567 (rosettacode.org, "Pseudo-random numbers/Splitmix64").
        var generator = new SplitMix64(1234567);

        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423],
            new[] { generator.Next(), generator.Next(), generator.Next() }
        );
    }

    [Fact]
    public void One_seed_gives_the_same_order_on_every_machine() =>
        Assert.Equal([7, 4, 2, 1, 0, 6, 3, 5], SplitMix64.For(seed: 42, epoch: 1, purpose: 1).Permutation(8));

    [Fact]
    public void Each_epoch_has_its_own_order_of_all_images()
    {
        var first = SplitMix64.For(42, epoch: 1, purpose: 1).Permutation(1000);
        var second = SplitMix64.For(42, epoch: 2, purpose: 1).Permutation(1000);

        Assert.NotEqual(first, second);
        Assert.Equal(Enumerable.Range(0, 1000), second.Order());
    }

    [Fact]
    public void Neighbouring_seeds_and_purposes_have_nothing_in_common()
    {
        var starts =
            from seed in new long[] { 0, 1, 2 }
            from epoch in new[] { 0, 1, 2 }
            from purpose in new ulong[] { 1, 2 }
            select SplitMix64.For(seed, epoch, purpose).Next();

        Assert.Equal(18, starts.Distinct().Count());
    }

    [Fact]
    public void Every_position_is_equally_likely()
    {
        var counts = new int[5];
        for (var epoch = 0; epoch < 10_000; epoch++)
        {
            counts[Array.IndexOf(SplitMix64.For(1, epoch, 1).Permutation(5), 0)]++;
        }

        // 2,000 expected, standard deviation 40.
        Assert.All(counts, count => Assert.InRange(count, 1800, 2200));
    }
}
