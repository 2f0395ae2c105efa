using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>What images are held out in a cross-validation.</summary>
public sealed class StratifiedFoldsTests
{
    [Theory]
    [InlineData(2, 11, 7, 3)]
    [InlineData(5, 20, 20, 20)]
    [InlineData(5, 23, 9, 1)]
    [InlineData(7, 50, 8, 13)]
    public void Folds_are_of_one_size_and_have_as_many_of_each_class(int folds, params int[] counts)
    {
        var labels = counts.SelectMany((count, label) => Enumerable.Repeat(label, count)).Reverse().ToArray();

        var chosen = StratifiedFolds.Of(labels, folds, seed: 3);

        Assert.Equal(labels.Length, chosen.Length);
        AssertEven(chosen, folds);
        foreach (var label in Enumerable.Range(0, counts.Length))
        {
            AssertEven([.. chosen.Where((_, i) => labels[i] == label)], folds);
        }
    }

    [Fact]
    public void The_seed_decides_and_nothing_else()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];

        Assert.Equal(StratifiedFolds.Of(labels, 4, 1), StratifiedFolds.Of(labels, 4, 1));
        Assert.NotEqual(StratifiedFolds.Of(labels, 4, 1), StratifiedFolds.Of(labels, 4, 2));
    }

    [Fact]
    public void More_folds_than_any_class_has_images_are_refused()
    {
        Assert.Equal(4, StratifiedFolds.Of([0, 0, 0, 0, 1], 4, 1).Distinct().Count());
        Assert.Contains(
            "5 folds of 5 images were asked for, and the largest class has 4: take from 2 to 4",
            Assert.Throws<TResNetException>(() => StratifiedFolds.Of([0, 0, 0, 0, 1], 5, 1)).Message
        );
    }

    private static void AssertEven(int[] chosen, int folds)
    {
        var counts = Enumerable.Range(0, folds).Select(fold => chosen.Count(each => each == fold)).ToArray();
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    }
}
