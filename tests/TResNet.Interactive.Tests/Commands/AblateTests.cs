using TResNet.Charts;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Ablation;

namespace TResNet.Interactive.Tests.Commands;

public sealed class AblateTests
{
    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task Refinements_are_added_one_by_one_with_the_difference_to_the_row_before()
    {
        await notebook.RunAsync("tresnet-ablate --model tresnet_nano --batch-size 2 --rounds 1");

        var result = notebook.Get<AblationResult>("ablation");
        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal(result.Rows.Select(row => row.Name), table.Rows.Select(row => row[0].Text));
        Assert.Null(table.Rows[0][1].Aside);
        Assert.All(table.Rows.Skip(1), row => Assert.Matches(@"^(=|[+−]?[0-9.]+%)$", row[1].Aside));
        Assert.Equal(
            ["refinement", "parameters", "multiply-adds", "inference", "training", "memory"],
            table.Columns.Select(c => c.Header)
        );
        Assert.Contains("the paper's own figures for single refinements are not shown", table.Note);
        var chart = Assert.IsType<Figure>(notebook.Displays[1].Value);
        Assert.Equal(2, chart.Data.OfType<Bar>().Count());
        Assert.Equal(6, chart.Data[0].Y!.Count);
    }

    [Fact]
    public async Task An_input_that_the_stem_cannot_divide_is_refused_in_the_name_that_was_given() =>
        Assert.Equal(
            "The input is 30x30 pixels, and tresnet_m takes sides that are multiples of 4: use 32.",
            await notebook.RefusalOf("tresnet-ablate --model tresnet_m --input-size 30")
        );

    [Fact]
    public async Task The_largest_batch_is_a_column_on_request()
    {
        var limit = MemoryRoom.Limit(120);

        await notebook.RunAsync(
            $"tresnet-ablate --model tresnet_nano+attention=none+norm=bn+downsampling=strided --batch-size 2 --rounds 1 --largest-batch --memory-limit {limit}MiB"
        );

        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal("largest batch", table.Columns[^1].Header);
        Assert.All(table.Rows, row => Assert.NotEqual("–", row[^1].Text));
        Assert.DoesNotContain("SE layers", table.Rows.Select(row => row[0].Text));
        Assert.Contains("stays within", table.Note);
    }

    [Fact]
    public async Task Accuracy_is_a_column_with_the_difference_of_the_same_seeds()
    {
        var folder = Directory.CreateTempSubdirectory("ablate").FullName;
        try
        {
            TinyData.Write(folder, images: 128);

            await notebook.RunAsync(
                $"tresnet-ablate --model tresnet_nano --batch-size 2 --rounds 1 --accuracy --seeds 2 --data {folder}"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var rows = notebook.Get<AblationResult>("ablation").Rows;
        Assert.All(rows, row => Assert.Equal(2, row.Top1.Count));
        Assert.All(rows.SelectMany(row => row.Top1), value => Assert.InRange(value, 0, 1));
        var table = notebook.Displays.Select(shown => shown.Value).OfType<Table>().Single();
        Assert.Equal(["top-1", "spread"], table.Columns.TakeLast(2).Select(column => column.Header));
        Assert.Null(table.Rows[0][^2].Aside);
        foreach (var (i, row) in table.Rows.Index())
        {
            Assert.Equal(rows[i].Top1.Average(), row[^2].Number!.Value, 1e-12);
            Assert.Equal(rows[i].Top1.Max() - rows[i].Top1.Min(), row[^1].Number!.Value, 1e-12);
        }

        Assert.All(table.Rows.Skip(1), row => Assert.Matches(@"^(≈ )?[+−]?[0-9.]+% \[.*, .*\]$", row[^2].Aside));
        Assert.Contains("by Student's t", table.Note);
    }

    [Fact]
    public async Task Few_images_make_smaller_batches_and_it_is_said_what_they_can_tell()
    {
        var folder = Directory.CreateTempSubdirectory("ablate").FullName;
        try
        {
            TinyPhotos.Write($"{folder}/dark", 15, brightness: 20);
            TinyPhotos.Write($"{folder}/light", 15, brightness: 200);
            var labels = Path.Combine(folder, "labels.csv");
            await File.WriteAllLinesAsync(labels, ["dark/0.png,a;b", "dark/1.png,a", "light/0.png,b"]);
            Assert.Contains(
                "these images may have several labels, and top-1 is of one: take images with one label each.",
                await notebook.RefusalOf($"tresnet-ablate --accuracy --data {labels}")
            );

            File.Delete(labels);
            await notebook.RunAsync(
                $"tresnet-ablate --model tresnet_nano --batch-size 2 --rounds 1 --accuracy --seeds 2 --data {folder}"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var said = string.Concat(notebook.Displays.Select(shown => shown.Value));
        Assert.Contains(
            "Each network is trained for 1 step, which tells little of its accuracy: take --epochs 100.",
            said
        );
        Assert.Contains("in batches of 24 from 2 seeds each, on 6 images to test on.", said);
    }

    [Theory]
    [InlineData("--epochs 2", "--epochs means nothing without --accuracy")]
    [InlineData("--seeds 2", "--seeds means nothing without --accuracy")]
    [InlineData("--accuracy --seeds 1", "--seeds 1 is no number of trainings to compare: take from 2 to 1,000")]
    [InlineData("--accuracy --epochs 0", "The number of epochs is 0")]
    [InlineData("--accuracy --data nowhere", "There is no data set or folder 'nowhere'")]
    [InlineData("--accuracy --input-size 30", "multiples of 4")]
    public async Task Accuracy_that_cannot_be_measured_is_refused_first(string options, string sentence) =>
        Assert.Contains(sentence, await notebook.RefusalOf($"tresnet-ablate {options}"), StringComparison.Ordinal);

    // t of two degrees of freedom is 4.302653 at 97.5 %.
    [Fact]
    public void A_difference_of_pairs_has_the_interval_of_students_t()
    {
        var difference = PairedDifference.Of([2, 4, 6], [1, 2, 3])!;

        Assert.Equal(2, difference.Mean, 1e-12);
        Assert.Equal(2 - 4.302653 / Math.Sqrt(3), difference.Low, 1e-5);
        Assert.Equal(2 + 4.302653 / Math.Sqrt(3), difference.High, 1e-5);
        Assert.False(difference.IsDifferent);
        Assert.True(PairedDifference.Of([2, 4, 6, 8], [1, 3, 5, 6.9])!.IsDifferent);
        Assert.Null(PairedDifference.Of([1], [2, 3]));
    }
}
