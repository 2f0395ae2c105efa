// torchvision/models/regnet.py: trunk_output.block1.block1-0.f.a.0 is the first convolution of the first block.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>torchvision's names of RegNet.</summary>
internal sealed partial class TorchvisionRegNetNames : NameTable
{
    internal override string Source => "torchvision";

    internal override bool Tells(IEnumerable<string> names) =>
        names.Contains("trunk_output.block1.block1-0.f.a.0.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) =>
        name =>
        {
            if (Block().Match(name) is not { Success: true } match)
            {
                return Replace(name, ("stem.0.", "stem.conv."), ("stem.1.", "stem.bn."), ("fc.", "head.fc."));
            }

            // Blocks count from 1 in timm.
            var block = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + 1;
            return $"s{match.Groups[1].Value}.b{block}."
                + Replace(
                        match.Groups[3].Value,
                        ("proj.", "downsample."),
                        ("f.a.", "conv1."),
                        ("f.b.", "conv2."),
                        ("f.c.", "conv3."),
                        ("f.se.", "se.")
                    )
                    .Replace(".0.", ".conv.", StringComparison.Ordinal)
                    .Replace(".1.", ".bn.", StringComparison.Ordinal);
        };

    [GeneratedRegex(@"^trunk_output\.block(\d+)\.block\d+-(\d+)\.(.+)$")]
    private static partial Regex Block();
}
