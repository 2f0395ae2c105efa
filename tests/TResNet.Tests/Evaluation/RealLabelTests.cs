using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Evaluation;
using TResNet.Tests.Data.Sources;

namespace TResNet.Tests.Evaluation;

/// <summary>Labels that people gave images anew, any number each; and how sure answers are beside how often they are right.</summary>
public sealed class RealLabelTests : IDisposable
{
    private static readonly string[] Classes = ["a", "b", "c", "d", "e", "f", "g"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // By numbers in names, as real.json; by names of files; by names of classes.
    [InlineData("[[0, 5], [6], []]")]
    [InlineData(
        "{\"ILSVRC2012_val_00000001.JPEG\": [0, 5], \"ILSVRC2012_val_00000002.JPEG\": [6], \"ILSVRC2012_val_00000003.JPEG\": []}"
    )]
    [InlineData(
        "{\"x/ILSVRC2012_val_00000001.jpg\": [\"f\"], \"ILSVRC2012_val_00000002.jpg\": [\"g\"], \"ILSVRC2012_val_00000003.jpg\": []}"
    )]
    public void Any_of_an_image_s_labels_is_right_and_one_without_is_left_out(string json)
    {
        var labels = RealLabels.Read(folder.Write("real.json", json), Classes);

        // The first says f, of which it is true; the second says a, and g last of all.
        Assert.Equal((0.5, 0.5, 2, 1), labels.Score(Evaluation(), Data()));
    }

    [Theory]
    [InlineData("[[7]]", "7 is none of the 7 classes, neither a name nor a number from 0")]
    [InlineData("[[\"z\"]]", "z is none of the 7 classes")]
    [InlineData("[3]", "3 is no list of labels")]
    [InlineData("3", "it is neither a list nor an object")]
    [InlineData("{", "holds no labels for --real-labels")]
    [InlineData("{\"other.jpg\": [1]}", "has no labels for ILSVRC2012_val_00000001.jpg; it has to name every image")]
    [InlineData("[[1]]", "has no labels for ILSVRC2012_val_00000002.jpg")]
    [InlineData("[[], [], []]", "has no label for any image of")]
    public void What_is_no_such_file_gives_one_sentence(string json, string sentence)
    {
        var path = folder.Write("real.json", json);

        var error = Assert.Throws<TResNetException>(() => RealLabels.Read(path, Classes).Score(Evaluation(), Data()));
        Assert.Contains(sentence, error.Message);
        Assert.StartsWith(path, error.Message);
    }

    [Fact]
    public void Answers_fall_into_fifteen_bins_whose_distances_make_the_calibration_error()
    {
        // Two of (8/15, 9/15], one right; one of (14/15, 1], right; one of the first, wrong.
        Prediction[] answers = [new(0, 1, 1, 0.55, 1), new(1, 1, 0, 0.6, 2), new(2, 1, 1, 1, 1), new(3, 1, 0, 0.05, 2)];

        var bins = CalibrationError.BinsOf(answers);

        Assert.Equal(15, bins.Count);
        Assert.Equal([1, 2, 1], bins.Where(bin => bin.Count > 0).Select(bin => bin.Count));
        var middle = bins[8];
        Assert.Equal((2, 1), (middle.Count, middle.Right));
        Assert.Equal(1.15, middle.Confidence, 1e-12);
        Assert.Equal((8 / 15.0, 9 / 15.0), (middle.Low, middle.High));
        Assert.Equal((0.05 + Math.Abs(1.15 - 1) + 0) / 4, CalibrationError.Of(answers), 1e-12);
        Assert.True(double.IsNaN(CalibrationError.Of([])));
    }

    private TransformedDataset Data()
    {
        string[] names = [.. Enumerable.Range(1, 3).Select(i => $"ILSVRC2012_val_{i:D8}.jpg")];
        folder.Images(names);
        return new TransformedDataset(
            new FileListSource("three", folder.Path, Classes, names, FileListSource.One([0, 1, 2]), false, null),
            8
        );
    }

    private static EvaluationResult Evaluation() =>
        new()
        {
            Data = "three",
            Classes = Classes,
            Loss = 1,
            Images = 3,
            Predictions = [],
            Probabilities = new ImageProbabilities(
                [0, 1, 2],
                [
                    0.1f,
                    0.1f,
                    0.1f,
                    0.1f,
                    0.1f,
                    0.4f,
                    0.1f,
                    0.4f,
                    0.12f,
                    0.12f,
                    0.12f,
                    0.12f,
                    0.12f,
                    0,
                    0.4f,
                    0.1f,
                    0.1f,
                    0.1f,
                    0.1f,
                    0.1f,
                    0.1f,
                ],
                new bool[21]
            ),
        };
}
