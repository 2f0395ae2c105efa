using TorchSharp;
using TResNet.Data;
using static TorchSharp.torch;

namespace TResNet.Tests.Data;

public sealed class AugmentationTests
{
    // One row of three pixels, so that each outcome can be read.
    private static readonly float[] Row = [1, 2, 3];

    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        var rows = Rows(new Augmentation(flip: true, shift: 0, seed: 1), images: 400);

        var mirrored = rows.Count(row => row.SequenceEqual([3f, 2, 1]));
        Assert.Equal(400 - mirrored, rows.Count(row => row.SequenceEqual(Row)));
        // 200 expected, standard deviation 10.
        Assert.InRange(mirrored, 150, 250);
    }

    [Fact]
    public void Shifted_images_have_black_where_nothing_was()
    {
        var rows = Rows(new Augmentation(flip: false, shift: 1, seed: 1), images: 400);

        // Rows that moved up or down are black altogether: a third of the images keeps its place.
        float[][] outcomes =
        [
            [0, 0, 0],
            [0, 1, 2],
            [1, 2, 3],
            [2, 3, 0],
        ];
        Assert.All(rows, row => Assert.Contains(outcomes, outcome => outcome.SequenceEqual(row)));
        Assert.All(outcomes, outcome => Assert.Contains(rows, row => row.SequenceEqual(outcome)));
        Assert.InRange(rows.Count(row => row.SequenceEqual(outcomes[0])), 200, 330);
    }

    [Fact]
    public void All_channels_of_an_image_move_together()
    {
        using var scope = NewDisposeScope();
        var image = tensor(Row).reshape(1, 1, 1, 3).expand(50, 3, 4, 3);

        var moved = new Augmentation(flip: true, shift: 2, seed: 1).Apply(
            image,
            [.. Enumerable.Range(0, 50)],
            epoch: 1
        );

        var first = moved.narrow(1, 0, 1).contiguous().data<float>().ToArray();
        for (var channel = 1; channel < 3; channel++)
        {
            Assert.Equal(first, moved.narrow(1, channel, 1).contiguous().data<float>().ToArray());
        }
    }

    [Fact]
    public void One_seed_gives_the_same_images_and_another_epoch_others()
    {
        var augmentation = new Augmentation(flip: true, shift: 1, seed: 1);

        Assert.Equal(Rows(augmentation, 20, epoch: 3), Rows(augmentation, 20, epoch: 3));
        Assert.NotEqual(Rows(augmentation, 20, epoch: 3), Rows(augmentation, 20, epoch: 4));
    }

    [Fact]
    public void An_image_is_changed_the_same_way_whatever_batch_it_is_in()
    {
        using var scope = NewDisposeScope();
        var augmentation = new Augmentation(flip: true, shift: 2, seed: 1);
        var images = rand(6, 1, 5, 5);

        var together = augmentation.Apply(images, [10, 11, 12, 13, 14, 15], epoch: 2);
        var apart = augmentation.Apply(images.narrow(0, 3, 2), [13, 14], epoch: 2);

        Assert.True(together.narrow(0, 3, 2).Equals(apart));
    }

    [Fact]
    public void Without_flip_and_shift_the_batch_is_the_one_that_came_in()
    {
        using var scope = NewDisposeScope();
        var images = rand(2, 1, 4, 4);

        Assert.Same(images, new Augmentation(flip: false, shift: 0, seed: 1).Apply(images, [0, 1], epoch: 1));
    }

    private static List<float[]> Rows(Augmentation augmentation, int images, int epoch = 1)
    {
        using var scope = NewDisposeScope();
        var same = tensor(Row).reshape(1, 1, 1, 3).expand(images, 1, 1, 3);
        return
        [
            .. augmentation
                .Apply(same, [.. Enumerable.Range(0, images)], epoch)
                .contiguous()
                .data<float>()
                .ToArray()
                .Chunk(3),
        ];
    }
}
