// torchvision/models/mnasnet.py: layers.0 to 7 are the stem with the separable block, layers.8 to 13 stages, layers.14 and 15 the head.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>torchvision's names of MnasNet.</summary>
internal sealed partial class TorchvisionMnasNetNames : NameTable
{
    private const int FirstStage = 8;

    internal override string Source => "torchvision";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("layers.8.0.layers.0.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) =>
        name =>
        {
            if (Block().Match(name) is { Success: true } block)
            {
                var stage = int.Parse(block.Groups[1].Value, CultureInfo.InvariantCulture) - FirstStage + 1;
                var part = block.Groups[3].Value switch
                {
                    "0" or "1" => InvertedPart.Expand,
                    "3" or "4" => InvertedPart.Depthwise,
                    _ => InvertedPart.Project,
                };
                var isNorm = block.Groups[3].Value is "1" or "4" or "7";
                return $"blocks.{stage}.{block.Groups[2].Value}.{InvertedBlock.Name(true, part, isNorm)}.{block.Groups[4].Value}";
            }

            if (Layer().Match(name) is { Success: true } layer)
            {
                var ours = layer.Groups[1].Value switch
                {
                    "0" => "conv_stem",
                    "1" => "bn1",
                    "3" => "blocks.0.0.conv_dw",
                    "4" => "blocks.0.0.bn1",
                    "6" => "blocks.0.0.conv_pw",
                    "7" => "blocks.0.0.bn2",
                    "14" => "conv_head",
                    "15" => "bn2",
                    _ => null,
                };
                return ours is null ? name : $"{ours}.{layer.Groups[2].Value}";
            }

            return Replace(name, ("classifier.1.", "classifier."));
        };

    [GeneratedRegex(@"^layers\.(\d+)\.(\d+)\.layers\.([013467])\.(\w+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^layers\.(\d+)\.(\w+)$")]
    private static partial Regex Layer();
}
