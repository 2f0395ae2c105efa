using System.CommandLine;
using System.CommandLine.Completions;
using TResNet.Data;

namespace TResNet.Interactive.Commands;

/// <summary>What <c>--data</c> names: a data set that is known, or a folder.</summary>
internal static class TrainingData
{
    private const string Embedded = "fashion-mnist";
    private const string Full = "fashion-mnist-full";

    public static Option<string> Option()
    {
        var option = CommonOptions.Make(
            "--data",
            "The images: a folder with MNIST's four IDX files, or a known data set: the 10,000 images that come along, or all 70,000 of Debian's package.",
            Embedded,
            "name or folder"
        );
        option.CompletionSources.Add(_ => [new CompletionItem(Embedded), new CompletionItem(Full)]);
        return option;
    }

    public static (ImageDataset Train, ImageDataset HeldOut) Load(string data) =>
        data switch
        {
            Embedded => (FashionMnist.Load(FashionMnistSplit.Train), FashionMnist.Load(FashionMnistSplit.HeldOut)),
            Full => (
                FashionMnist.Load(FashionMnistSplit.Train, full: true),
                FashionMnist.Load(FashionMnistSplit.HeldOut, full: true)
            ),
            _ when Directory.Exists(data) => IdxFolder.Load(data),
            _ => throw new TResNetException(
                $"There is no data set or folder '{data}': take {Embedded}, {Full}, or a folder with MNIST's IDX files."
            ),
        };
}
