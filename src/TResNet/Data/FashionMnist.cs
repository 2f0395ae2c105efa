// Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, arXiv 1708.07747); datasets/fashion-mnist/README.md has source, licence and split rule.

using TResNet.Data.Loading;
using TResNet.Data.Sources;

namespace TResNet.Data;

/// <summary>28 x 28 grey images of clothes in ten classes.</summary>
public static class FashionMnist
{
    private const string DebianFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>The names of the ten classes, by label.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>Loads one part into memory.</summary>
    /// <param name="split">The part.</param>
    /// <param name="full">
    /// False for the 10,000 images that come with this package, split 8,000 to 2,000 (within each class, in file order, every fifth image is held
    /// out); true for the 60,000 and 10,000 of Debian's package <c>dataset-fashion-mnist</c>, which has to be installed.
    /// </param>
    /// <returns>The images, 1 channel of 28 x 28.</returns>
    /// <exception cref="TResNetException">The files are missing or damaged.</exception>
    public static ImageDataset Load(FashionMnistSplit split, bool full = false) =>
        TransformedDataset.AsTheyAre(LoadSource(split, full));

    /// <summary>Loads one part into memory, as images that are transformed one by one.</summary>
    /// <param name="split">The part.</param>
    /// <param name="full">As for a data set of tensors.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="TResNetException">The files are missing or damaged.</exception>
    public static ImageSource LoadSource(FashionMnistSplit split, bool full = false, SourceOptions? options = null) =>
        full
            ? LoadFull(split, DebianFolder, options)
            : LoadEmbedded(split, DatasetFolder.Find("fashion-mnist"), options);

    internal static IdxSource LoadEmbedded(FashionMnistSplit split, string folder, SourceOptions? options = null) =>
        Load(
            split,
            "Fashion-MNIST 10k",
            folder,
            "t10k",
            labels =>
                HoldOut.Select(
                    labels.ToArray().Select(label => (int)label),
                    validation: split == FashionMnistSplit.Validation
                ),
            options
        );

    internal static IdxSource LoadFull(FashionMnistSplit split, string folder, SourceOptions? options = null) =>
        Directory.Exists(folder)
            ? Load(
                split,
                "Fashion-MNIST",
                folder,
                split == FashionMnistSplit.Train ? "train" : "t10k",
                labels => [.. Enumerable.Range(0, labels.Length)],
                options
            )
            : throw new TResNetException(
                $"The full Fashion-MNIST is not in {folder}; install it with `apt install dataset-fashion-mnist`, or use the 10,000 images that come with this package."
            );

    private static IdxSource Load(
        FashionMnistSplit split,
        string name,
        string folder,
        string files,
        Func<ReadOnlyMemory<byte>, int[]> choose,
        SourceOptions? options
    ) =>
        IdxSource.Read(
            $"{name} ({(split == FashionMnistSplit.Train ? "train" : "held out")})",
            Classes,
            Path.Combine(folder, $"{files}-images-idx3-ubyte.gz"),
            Path.Combine(folder, $"{files}-labels-idx1-ubyte.gz"),
            choose,
            options
        );
}
