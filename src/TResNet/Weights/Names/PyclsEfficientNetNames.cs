// pycls/models/effnet.py: s1.b1.exp, dwise and lin_proj are a block's convolutions, s1.b1.se.f_ex its squeeze-and-excitation.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>pycls' names of EfficientNet.</summary>
internal sealed partial class PyclsEfficientNetNames : NameTable
{
    internal override string Source => "pycls";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("s1.b1.lin_proj.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) =>
        name =>
        {
            if (Block().Match(name) is not { Success: true } match)
            {
                return Replace(
                    name,
                    ("stem.conv.", "conv_stem."),
                    ("stem.bn.", "bn1."),
                    ("head.conv.", "conv_head."),
                    ("head.conv_bn.", "bn2."),
                    ("head.bn.", "bn2."),
                    ("head.fc.", "classifier.")
                );
            }

            var (stage, block) = (Number(match.Groups[1]) - 1, Number(match.Groups[2]) - 1);
            var expands = entries.ContainsKey($"s{match.Groups[1].Value}.b{match.Groups[2].Value}.exp.weight");
            var ours = match.Groups[3].Value switch
            {
                "exp" => InvertedBlock.Name(expands, InvertedPart.Expand, isNorm: false),
                "exp_bn" => InvertedBlock.Name(expands, InvertedPart.Expand, isNorm: true),
                "dwise" => InvertedBlock.Name(expands, InvertedPart.Depthwise, isNorm: false),
                "dwise_bn" => InvertedBlock.Name(expands, InvertedPart.Depthwise, isNorm: true),
                "lin_proj" => InvertedBlock.Name(expands, InvertedPart.Project, isNorm: false),
                "lin_proj_bn" => InvertedBlock.Name(expands, InvertedPart.Project, isNorm: true),
                "se.f_ex.0" => "se.conv_reduce",
                _ => "se.conv_expand",
            };
            return $"blocks.{stage}.{block}.{ours}.{match.Groups[4].Value}";
        };

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^s(\d+)\.b(\d+)\.(exp|exp_bn|dwise|dwise_bn|lin_proj|lin_proj_bn|se\.f_ex\.0|se\.f_ex\.2)\.(\w+)$"
    )]
    private static partial Regex Block();
}
