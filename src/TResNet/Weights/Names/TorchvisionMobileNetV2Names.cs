// torchvision/models/mobilenetv2.py: features.0 is the stem, features.1 to 17 blocks, features.18 the head's convolution.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>torchvision's names of MobileNetV2.</summary>
internal sealed partial class TorchvisionMobileNetV2Names : NameTable
{
    internal override string Source => "torchvision";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("features.1.conv.0.0.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries)
    {
        var last = 1;
        var widths = new List<long>();
        for (; Projection(last) is { } projection; last++)
        {
            widths.Add(projection.Shape[0]);
        }

        var places = InvertedBlock.Places(widths);
        return name =>
        {
            if (Block().Match(name) is not { Success: true } match)
            {
                return Replace(
                    name,
                    ("features.0.0.", "conv_stem."),
                    ("features.0.1.", "bn1."),
                    ($"features.{last}.0.", "conv_head."),
                    ($"features.{last}.1.", "bn2."),
                    ("classifier.1.", "classifier.")
                );
            }

            var index = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (index > places.Count)
            {
                return name;
            }

            var expands = entries.ContainsKey($"features.{index}.conv.1.0.weight");
            var (part, isNorm) = (expands, match.Groups[2].Value) switch
            {
                (true, "0.0") => (InvertedPart.Expand, false),
                (true, "0.1") => (InvertedPart.Expand, true),
                (true, "1.0") or (false, "0.0") => (InvertedPart.Depthwise, false),
                (true, "1.1") or (false, "0.1") => (InvertedPart.Depthwise, true),
                (true, "2") or (false, "1") => (InvertedPart.Project, false),
                _ => (InvertedPart.Project, true),
            };
            var (stage, block) = places[index - 1];
            return $"blocks.{stage}.{block}.{InvertedBlock.Name(expands, part, isNorm)}.{match.Groups[3].Value}";
        };

        TensorEntry? Projection(int index) =>
            entries.GetValueOrDefault($"features.{index}.conv.2.weight") is { Shape.Length: 4 } expanded ? expanded
            : entries.GetValueOrDefault($"features.{index}.conv.1.weight") is { Shape.Length: 4 } separable ? separable
            : null;
    }

    [GeneratedRegex(@"^features\.(\d+)\.conv\.(\d(?:\.\d)?)\.(\w+)$")]
    private static partial Regex Block();
}
