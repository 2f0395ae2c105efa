// Weights that make up for classes of different frequency: n / (K n_k) as scikit-learn's compute_class_weight("balanced") has it, after G. King, L. Zeng,
// "Logistic regression in rare events data" (2001); and for each class by itself (n - n_k) / n_k, which PyTorch's BCEWithLogitsLoss recommends.

using TResNet.Data.Loading;

namespace TResNet.Training;

/// <summary>How often the classes of a data set are there, and what makes up for it.</summary>
internal static class ClassBalance
{
    /// <summary>The images of each class, damaged ones included.</summary>
    public static int[] Counts(ImageDataset data)
    {
        var counts = new int[data.Classes.Count];
        for (var i = 0; i < data.Count; i++)
        {
            foreach (var label in data.LabelsOf(i))
            {
                counts[label]++;
            }
        }

        return counts;
    }

    /// <summary>Weights with which all classes count alike.</summary>
    /// <param name="data">The images to train on.</param>
    /// <param name="loss">Decides what a weight is of: an image, or a class that is there beside one that is not.</param>
    /// <exception cref="TResNetException">A class is in no image, or in all.</exception>
    public static double[] Weights(ImageDataset data, LossKind loss)
    {
        var counts = Counts(data);
        var (isEach, all) = (loss == LossKind.BinaryCrossEntropy, data.Count);
        var odd = Array.FindIndex(counts, count => count == 0 || (isEach && count == all));
        if (odd >= 0)
        {
            throw new TResNetException(
                $"Class '{data.Classes[odd]}' is in {(counts[odd] == 0 ? "none" : "all")} of the {all:N0} images of {data.Name}, so no weight balances it: add images{(counts[odd] == 0 ? " of it" : " without it")}, or give weights of your own."
            );
        }

        return Array.ConvertAll(
            counts,
            count => isEach ? (all - count) / (double)count : all / ((double)counts.Length * count)
        );
    }
}
