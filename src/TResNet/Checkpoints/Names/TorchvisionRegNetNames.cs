// torchvision/models/regnet.py: trunk_output.block1.block1-0.f.a.0 is the first convolution of the first block.
using System.Globalization;
using System.Text.RegularExpressions;

namespace TResNet.Checkpoints.Names;

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
                return Replace(name, (Stem(), "stem.conv."), (StemNorm(), "stem.bn."), (Classifier(), "head.fc."));
            }

            // Blocks count from 1 in timm.
            var block = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + 1;
            return $"s{match.Groups[1].Value}.b{block}."
                + Replace(
                        match.Groups[3].Value,
                        (Shortcut(), "downsample."),
                        (First(), "conv1."),
                        (Second(), "conv2."),
                        (Third(), "conv3."),
                        (SqueezeExcite(), "se.")
                    )
                    .Replace(".0.", ".conv.", StringComparison.Ordinal)
                    .Replace(".1.", ".bn.", StringComparison.Ordinal);
        };

    [GeneratedRegex(@"^trunk_output\.block(\d+)\.block\d+-(\d+)\.(.+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^stem\.0\.")]
    private static partial Regex Stem();

    [GeneratedRegex(@"^stem\.1\.")]
    private static partial Regex StemNorm();

    [GeneratedRegex(@"^fc\.")]
    private static partial Regex Classifier();

    [GeneratedRegex(@"^proj\.")]
    private static partial Regex Shortcut();

    [GeneratedRegex(@"^f\.a\.")]
    private static partial Regex First();

    [GeneratedRegex(@"^f\.b\.")]
    private static partial Regex Second();

    [GeneratedRegex(@"^f\.c\.")]
    private static partial Regex Third();

    [GeneratedRegex(@"^f\.se\.")]
    private static partial Regex SqueezeExcite();
}
