// pycls/models/anynet.py: s1.b1.f.a is the first convolution of the first block, s1.b1.f.a_bn its normalisation.
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>pycls' names of RegNet, the authors' own.</summary>
internal sealed partial class PyclsRegNetNames : NameTable
{
    internal override string Source => "pycls";

    internal override bool Tells(IEnumerable<string> names) => names.Contains("s1.b1.f.a.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) =>
        name =>
            Block().Match(name) is { Success: true } match
                ? match.Groups[1].Value
                    + Replace(
                        match.Groups[2].Value,
                        ("proj.", "downsample.conv."),
                        ("bn.", "downsample.bn."),
                        ("f.a.", "conv1.conv."),
                        ("f.a_bn.", "conv1.bn."),
                        ("f.b.", "conv2.conv."),
                        ("f.b_bn.", "conv2.bn."),
                        ("f.c.", "conv3.conv."),
                        ("f.c_bn.", "conv3.bn."),
                        ("f.se.f_ex.0.", "se.fc1."),
                        ("f.se.f_ex.2.", "se.fc2.")
                    )
                : name;

    [GeneratedRegex(@"^(s\d+\.b\d+\.)(.+)$")]
    private static partial Regex Block();
}
