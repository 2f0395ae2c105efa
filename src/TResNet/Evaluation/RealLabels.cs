// "Are we done with ImageNet?" (L. Beyer et al., arXiv 2006.07159): labels that people gave the validation images anew, any number each. The file is
// real.json of github.com/google-research/reassessed-imagenet, a list in the order of the images' numbers; or an object of file names and labels.

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TResNet.Data.Loading;
using TResNet.Files;

namespace TResNet.Evaluation;

/// <summary>Other labels for images of one label, of which each is right; an image without any is left out.</summary>
internal sealed partial class RealLabels
{
    private readonly string path;
    private readonly Dictionary<string, int[]> labels;

    private RealLabels(string path, Dictionary<string, int[]> labels) => (this.path, this.labels) = (path, labels);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">The names of the classes, which labels may be instead of numbers.</param>
    /// <exception cref="TResNetException">It is not there, damaged, or names a class that there is not.</exception>
    public static RealLabels Read(string path, IReadOnlyList<string> classes)
    {
        RegularFile.Require(path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return new RealLabels(
                path,
                json.RootElement.ValueKind switch
                {
                    JsonValueKind.Array => json
                        .RootElement.EnumerateArray()
                        .Index()
                        .ToDictionary(each => NameOf(each.Index + 1), each => LabelsOf(each.Item)),
                    JsonValueKind.Object => json
                        .RootElement.EnumerateObject()
                        .ToDictionary(each => Path.GetFileName(each.Name), each => LabelsOf(each.Value)),
                    _ => throw Odd("it is neither a list nor an object"),
                }
            );
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Odd(unreadable.Message.TrimEnd('.'));
        }

        int[] LabelsOf(JsonElement labels) =>
            labels.ValueKind == JsonValueKind.Array
                ? [.. labels.EnumerateArray().Select(LabelOf)]
                : throw Odd($"{labels} is no list of labels");

        int LabelOf(JsonElement label)
        {
            var number =
                label.ValueKind == JsonValueKind.Number && label.TryGetInt32(out var given) ? given
                : label.ValueKind == JsonValueKind.String ? classes.ToList().IndexOf(label.GetString()!)
                : -1;
            return number >= 0 && number < classes.Count
                ? number
                : throw Odd($"{label} is none of the {classes.Count} classes, neither a name nor a number from 0");
        }

        TResNetException Odd(string reason) =>
            new(
                $"{path} holds no labels for --real-labels ({reason}): take real.json of google-research/reassessed-imagenet, or an object of file names and lists of labels."
            );
    }

    /// <summary>How often one of the likeliest classes is among the labels.</summary>
    /// <param name="evaluation">An evaluation that kept its probabilities.</param>
    /// <param name="data">Its images.</param>
    /// <returns>The shares, 0 to 1, and of how many images.</returns>
    /// <exception cref="TResNetException">The file has not every image, or not one of them has a label.</exception>
    public (double Top1, double Top5, int Images, int LeftOut) Score(EvaluationResult evaluation, ImageDataset data)
    {
        var kept =
            evaluation.Probabilities ?? throw new InvalidOperationException("The evaluation kept no probabilities.");
        var (one, five, all) = (0, 0, 0);
        for (var image = 0; image < kept.Indices.Count; image++)
        {
            var right = Of(data.NameOf(kept.Indices[image]));
            if (right.Length == 0)
            {
                continue;
            }

            // Of equal probabilities the first class is taken, as torch.topk on a processor does it.
            var row = image;
            int[] best =
            [
                .. Enumerable
                    .Range(0, evaluation.Classes.Count)
                    .OrderByDescending(label => kept.Of(row, label))
                    .Take(5),
            ];
            all++;
            one += right.Contains(best[0]) ? 1 : 0;
            five += best.Any(right.Contains) ? 1 : 0;
        }

        return all > 0
            ? (one / (double)all, five / (double)all, all, kept.Indices.Count - all)
            : throw new TResNetException(
                $"{path} has no label for any image of {data.Name}; name the file of these images."
            );
    }

    private int[] Of(string name)
    {
        var file = Path.GetFileName(name);
        return labels.TryGetValue(file, out var found) ? found
            : Number().Match(file) is { Success: true } match
            && labels.TryGetValue(NameOf(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), out found)
                ? found
            : throw new TResNetException(
                $"{path} has no labels for {file}; it has to name every image, or be a list of as many as there are numbers in names like {NameOf(1)}."
            );
    }

    private static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"ILSVRC2012_val_{number:D8}.JPEG");

    // Whatever its ending, and in a pack.
    [GeneratedRegex(@"^ILSVRC2012_val_(\d{8})\b", RegexOptions.IgnoreCase)]
    private static partial Regex Number();
}
