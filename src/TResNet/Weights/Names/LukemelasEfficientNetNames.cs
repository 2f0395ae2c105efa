// lukemelas/EfficientNet-PyTorch, efficientnet_pytorch/model.py: _blocks.0 is the first of all blocks, which are numbered through.
using System.Globalization;
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>The names of the package efficientnet_pytorch.</summary>
internal sealed partial class LukemelasEfficientNetNames : NameTable
{
    internal override string Source => "efficientnet_pytorch";

    internal override string Caution =>
        "these weights come from TensorFlow, whose convolutions of stride 2 pad right and below alone and whose normalisations add 1e-3: fine-tune them, or expect a slightly lower accuracy";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("_blocks.0._depthwise_conv.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries)
    {
        var widths = new List<long>();
        while (
            entries.GetValueOrDefault($"_blocks.{widths.Count}._project_conv.weight")
                is { Shape.Length: > 0 } projection
        )
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
                    ("_conv_stem.", "conv_stem."),
                    ("_bn0.", "bn1."),
                    ("_conv_head.", "conv_head."),
                    ("_bn1.", "bn2."),
                    ("_fc.", "classifier.")
                );
            }

            var index = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (index >= places.Count)
            {
                return name;
            }

            var expands = entries.ContainsKey($"_blocks.{index}._expand_conv.weight");
            var ours = match.Groups[2].Value switch
            {
                "_expand_conv" => InvertedBlock.Name(expands, InvertedPart.Expand, isNorm: false),
                "_bn0" => InvertedBlock.Name(expands, InvertedPart.Expand, isNorm: true),
                "_depthwise_conv" => InvertedBlock.Name(expands, InvertedPart.Depthwise, isNorm: false),
                "_bn1" => InvertedBlock.Name(expands, InvertedPart.Depthwise, isNorm: true),
                "_project_conv" => InvertedBlock.Name(expands, InvertedPart.Project, isNorm: false),
                "_bn2" => InvertedBlock.Name(expands, InvertedPart.Project, isNorm: true),
                "_se_reduce" => "se.conv_reduce",
                _ => "se.conv_expand",
            };
            var (stage, block) = places[index];
            return $"blocks.{stage}.{block}.{ours}.{match.Groups[3].Value}";
        };
    }

    [GeneratedRegex(
        @"^_blocks\.(\d+)\.(_expand_conv|_bn0|_depthwise_conv|_bn1|_project_conv|_bn2|_se_reduce|_se_expand)\.(\w+)$"
    )]
    private static partial Regex Block();
}
