using TResNet.Data.Transforms;

namespace TResNet.Tests.Data.Transforms;

public sealed class RandomShiftTests
{
    // One row of three pixels, so that each outcome can be read.
    private static readonly float[] Row = [1, 2, 3];

    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        var rows = Rows(new RandomShift(0, flips: true), images: 400);

        var mirrored = rows.Count(row => row.SequenceEqual([3f, 2, 1]));
        Assert.Equal(400 - mirrored, rows.Count(row => row.SequenceEqual(Row)));
        // 200 expected, standard deviation 10.
        Assert.InRange(mirrored, 150, 250);
    }

    [Fact]
    public void Shifted_images_have_black_where_nothing_was()
    {
        var rows = Rows(new RandomShift(1), images: 400);

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
        var shift = new RandomShift(2, flips: true);
        float[] image = [.. Enumerable.Repeat(Row, 3 * 4).SelectMany(row => row)];

        for (var index = 0; index < 50; index++)
        {
            var moved = image.ToArray();
            shift.Apply(moved, height: 4, width: 3, seed: 1, epoch: 1, index);

            Assert.Equal(moved[..12], moved[12..24]);
            Assert.Equal(moved[..12], moved[24..]);
        }
    }

    [Fact]
    public void One_seed_gives_the_same_images_and_another_epoch_others()
    {
        var augmentation = new RandomShift(1, flips: true);

        Assert.Equal(Rows(augmentation, 20, epoch: 3), Rows(augmentation, 20, epoch: 3));
        Assert.NotEqual(Rows(augmentation, 20, epoch: 3), Rows(augmentation, 20, epoch: 4));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(64, false)]
    public void The_values_are_those_of_a_padded_image_from_which_a_part_is_cut(int most, bool flips)
    {
        const int height = 4;
        const int width = 5;
        float[] image = [.. Enumerable.Range(1, 2 * height * width).Select(value => (float)value)];
        for (var index = 0; index < 40; index++)
        {
            var moved = image.ToArray();
            new RandomShift(most, flips).Apply(moved, height, width, seed: 1, epoch: 2, index);

            var random = SplitMix64.For(1, 2, 2, index);
            var mirrored = flips && random.Next(2) == 1;
            var (down, right) = (random.Next(2 * most + 1) - most, random.Next(2 * most + 1) - most);
            for (var at = 0; at < image.Length; at++)
            {
                var (plane, row, column) = (at / (height * width), at / width % height + down, at % width);
                column = (mirrored ? width - 1 - column : column) + right;
                var isInside = row is >= 0 and < height && column is >= 0 and < width;
                Assert.Equal(isInside ? image[(plane * height + row) * width + column] : 0, moved[at]);
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65)]
    public void A_shift_out_of_range_gives_one_sentence(int most) =>
        Assert.Equal(
            $"The shift is {most}, but it has to be from 0 to 64 pixels; choose another.",
            Assert.Throws<TResNetException>(() => new Augmentations { Shift = most }.Validate()).Message
        );

    private static List<float[]> Rows(RandomShift shift, int images, int epoch = 1) =>
        [
            .. Enumerable
                .Range(0, images)
                .Select(index =>
                {
                    var row = Row.ToArray();
                    shift.Apply(row, height: 1, width: 3, seed: 1, epoch, index);
                    return row;
                }),
        ];
}
