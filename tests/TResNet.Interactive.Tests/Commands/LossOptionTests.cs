using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Which loss images get, and which options it takes.</summary>
public sealed class LossOptionTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("loss").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Several_labels_get_the_asymmetric_loss_unless_another_is_asked_for()
    {
        var data = TinyLabels.Write(folder);

        await notebook.RunAsync(
            $"tresnet-train {data} --epochs 1 --batch-size 9 --input-size 32 --gamma-neg 3 --gamma-pos 1 --asl-clip 0.1"
        );

        var options = notebook.Get<TrainingRun>("run").Options;
        Assert.Equal(
            (LossKind.Asymmetric, 3, 1, 0.1),
            (options.Loss, options.AsymmetricNegative, options.AsymmetricPositive, options.AsymmetricMargin)
        );
        Assert.Contains(notebook.Displays, shown => $"{shown.Value}".Contains("the loss is the asymmetric one"));
        foreach (
            var (line, sentence) in new[]
            {
                ("--loss ce", "take the asymmetric loss (--loss asymmetric) or binary cross entropy (--loss bce)"),
                ("--loss bce --gamma-neg 2", "--gamma-neg is an option of --loss asymmetric"),
                ("--loss asymmetric --bce-pos-weight 2", "--bce-pos-weight is an option of --loss bce"),
                ("--loss asymmetric --smoothing 0.1", "--smoothing 0.1 has no place in the asymmetric loss of several"),
                ("--loss bce --bce-pos-weight 0", "The weight of positive classes is 0, but it has to be above 0"),
            }
        )
        {
            Assert.Contains(
                sentence,
                await notebook.RefusalOf($"tresnet-train {data} --epochs 1 {line}"),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task One_label_an_image_takes_the_form_of_one()
    {
        TinyData.Write(folder, images: 16);

        await notebook.RunAsync(
            $"tresnet-train --data {folder} --epochs 1 --batch-size 8 --loss asymmetric --smoothing 0.2 --gamma-pos 1"
        );

        Assert.Equal(0.2, notebook.Get<TrainingRun>("run").Options.LabelSmoothing);
        Assert.Contains(
            "--asl-clip 0.1 has no place in the asymmetric loss of one label an image",
            await notebook.RefusalOf($"tresnet-train --data {folder} --epochs 1 --loss asymmetric --asl-clip 0.1"),
            StringComparison.Ordinal
        );
    }
}
