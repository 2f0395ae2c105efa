// What scikit-learn's StratifiedKFold does with shuffle=True, with our own generator.

using TResNet.Data.Transforms;

namespace TResNet.Data.Sources;

/// <summary>
/// Which images are held out in which part of a cross-validation: each once, each part with nearly as many images, and nearly as many of each class, as any other.
/// </summary>
internal static class StratifiedFolds
{
    private const ulong Purpose = 0x666F6C64;

    /// <summary>The fold that each image is held out in, from 0.</summary>
    /// <param name="labels">The label of each image.</param>
    /// <param name="folds">How many folds; at least 2.</param>
    /// <param name="seed">Decides which images of a class go where.</param>
    /// <exception cref="TResNetException">No class has an image for each fold.</exception>
    public static int[] Of(IEnumerable<int> labels, int folds, long seed)
    {
        int[] all = [.. labels];
        int[][] classes =
        [
            .. all.Index().GroupBy(each => each.Item, each => each.Index).Select(each => each.ToArray()),
        ];
        var most = classes.Select(images => images.Length).DefaultIfEmpty(0).Max();
        if (folds < 2 || folds > most)
        {
            throw new TResNetException(
                $"{folds} folds of {all.Length:N0} images were asked for, and the largest class has {most:N0}: take from 2 to {Math.Max(2, most)} folds."
            );
        }

        // Dealt out in the order of the classes, so that what does not divide evenly goes to other folds for each class.
        var numbers = Enumerable.Range(0, classes.Length).SelectMany(i => Enumerable.Repeat(i, classes[i].Length));
        var quotas = new int[classes.Length, folds];
        foreach (var (place, number) in numbers.Index())
        {
            quotas[number, place % folds]++;
        }

        var chosen = new int[all.Length];
        for (var number = 0; number < classes.Length; number++)
        {
            var order = SplitMix64.For(seed, 0, Purpose, number).Permutation(classes[number].Length);
            var at = 0;
            for (var fold = 0; fold < folds; fold++)
            {
                for (var i = 0; i < quotas[number, fold]; i++)
                {
                    chosen[classes[number][order[at++]]] = fold;
                }
            }
        }

        return chosen;
    }
}
