using TResNet.Data;
using TResNet.Data.Loading;

namespace TResNet.Tests.Data.Loading;

public sealed class BatchSamplerTests
{
    [Fact]
    public void An_epoch_shows_every_image_at_most_once_in_full_batches()
    {
        var batches = new BatchSampler(count: 103, batchSize: 10, seed: 1).Epoch(1).ToList();

        Assert.Equal(10, batches.Count);
        Assert.All(batches, batch => Assert.Equal(10, batch.Length));
        Assert.Equal(100, batches.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public void The_images_left_over_are_others_in_the_next_epoch()
    {
        var order = new BatchSampler(count: 103, batchSize: 10, seed: 1);

        Assert.NotEqual(Left(1), Left(2));

        int[] Left(int epoch) => [.. Enumerable.Range(0, 103).Except(order.Epoch(epoch).SelectMany(batch => batch))];
    }

    [Fact]
    public void Seed_and_epoch_alone_decide_the_order()
    {
        Assert.Equal(First(seed: 5, epoch: 3), First(seed: 5, epoch: 3));
        Assert.NotEqual(First(seed: 5, epoch: 3), First(seed: 6, epoch: 3));
        Assert.NotEqual(First(seed: 5, epoch: 3), First(seed: 5, epoch: 2));

        static int[] First(long seed, int epoch) =>
            new BatchSampler(count: 50, batchSize: 10, seed).Epoch(epoch).First();
    }

    [Theory]
    [InlineData(3, 103)]
    [InlineData(2.5, 103)]
    [InlineData(100, 40)]
    public void Images_that_repeat_come_in_a_row_in_an_epoch_as_long_as_before(double repeats, int count)
    {
        var order = new BatchSampler(count, batchSize: 10, seed: 1).Epoch(2).SelectMany(batch => batch).ToArray();
        var repeated = new BatchSampler(count, batchSize: 10, seed: 1, repeats).Epoch(2).ToArray();

        var drawn = repeated.SelectMany(batch => batch).ToArray();
        Assert.Equal(order.Length, drawn.Length);
        // indices[int(i // repeats)], as timm's RepeatAugSampler for one process.
        Assert.Equal(drawn.Index().Select(at => order[(int)(at.Index / repeats)]), drawn.Select(draw => draw % count));
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
        Assert.Equal(repeated, new BatchSampler(count, batchSize: 10, seed: 1, repeats).Epoch(2));
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 3)]
    public void What_does_not_fill_a_batch_is_a_smaller_one_or_left_out(bool dropLast, int batches)
    {
        var inOrder = BatchSampler.Batches(10, 3, shuffle: false, seed: 1, epoch: 0, dropLast).ToArray();
        var shuffled = BatchSampler.Batches(10, 3, shuffle: true, seed: 1, epoch: 2, dropLast).ToArray();

        Assert.Equal(Enumerable.Range(0, dropLast ? 9 : 10), inOrder.SelectMany(batch => batch));
        Assert.Equal(batches, shuffled.Length);
        Assert.Equal(new BatchSampler(10, 3, seed: 1).Epoch(2), shuffled.Take(3));
        Assert.Equal(dropLast ? 9 : 10, shuffled.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public void A_batch_of_no_images_gives_one_sentence() =>
        Assert.Equal(
            "The batch size is 0, but it has to be at least 1; choose a larger one.",
            Assert
                .Throws<TResNetException>(() =>
                    new DataLoader(FashionMnist.Load(FashionMnistSplit.Validation), batchSize: 0)
                )
                .Message
        );

    [Fact]
    public void A_batch_larger_than_the_data_gives_one_sentence() =>
        Assert.Equal(
            "The batch size is 64, but there are 50 images to train on; choose a batch size of at most 50.",
            Assert.Throws<TResNetException>(() => new BatchSampler(count: 50, batchSize: 64, seed: 1)).Message
        );
}
