// torchvision/models/efficientnet.py: features.0 is the stem, features.1 to 7 stages of blocks, features.8 the head's convolution.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>torchvision's names of EfficientNet.</summary>
internal sealed partial class TorchvisionEfficientNetNames : NameTable
{
    internal override string Source => "torchvision";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("features.1.0.block.1.fc1.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) =>
        name =>
        {
            if (Block().Match(name) is not { Success: true } match)
            {
                return Replace(
                    name,
                    ("features.0.0.", "conv_stem."),
                    ("features.0.1.", "bn1."),
                    ("features.8.0.", "conv_head."),
                    ("features.8.1.", "bn2."),
                    ("classifier.1.", "classifier.")
                );
            }

            var (stage, block, place, rest) = (
                int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1,
                match.Groups[2].Value,
                int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture),
                match.Groups[4].Value
            );
            var expands = entries.ContainsKey($"features.{stage + 1}.{block}.block.3.0.weight");
            var within = $"blocks.{stage}.{block}.";
            // Without the convolution that widens, everything stands one place earlier.
            return (expands ? place : place + 1) switch
            {
                0 => within + Part(expands, InvertedPart.Expand, rest),
                1 => within + Part(expands, InvertedPart.Depthwise, rest),
                2 when rest.StartsWith("fc1.", StringComparison.Ordinal) => $"{within}se.conv_reduce.{rest[4..]}",
                2 when rest.StartsWith("fc2.", StringComparison.Ordinal) => $"{within}se.conv_expand.{rest[4..]}",
                3 => within + Part(expands, InvertedPart.Project, rest),
                _ => name,
            };
        };

    /// <summary>'0.' is the convolution, '1.' its normalisation.</summary>
    private static string Part(bool expands, InvertedPart part, string rest) =>
        $"{InvertedBlock.Name(expands, part, isNorm: rest[0] == '1')}.{rest[2..]}";

    [GeneratedRegex(@"^features\.(\d+)\.(\d+)\.block\.(\d)\.((?:0|1|fc1|fc2)\.\w+)$")]
    private static partial Regex Block();
}
