// pycls/models/anynet.py: s1.b1.f.a is the first convolution of the first block, s1.b1.f.a_bn its normalisation.
using System.Text.RegularExpressions;

namespace TResNet.Checkpoints.Names;

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
                        (Shortcut(), "downsample.conv."),
                        (ShortcutNorm(), "downsample.bn."),
                        (First(), "conv1.conv."),
                        (FirstNorm(), "conv1.bn."),
                        (Second(), "conv2.conv."),
                        (SecondNorm(), "conv2.bn."),
                        (Third(), "conv3.conv."),
                        (ThirdNorm(), "conv3.bn."),
                        (Squeeze(), "se.fc1."),
                        (Excite(), "se.fc2.")
                    )
                : name;

    [GeneratedRegex(@"^(s\d+\.b\d+\.)(.+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^proj\.")]
    private static partial Regex Shortcut();

    [GeneratedRegex(@"^bn\.")]
    private static partial Regex ShortcutNorm();

    [GeneratedRegex(@"^f\.a\.")]
    private static partial Regex First();

    [GeneratedRegex(@"^f\.a_bn\.")]
    private static partial Regex FirstNorm();

    [GeneratedRegex(@"^f\.b\.")]
    private static partial Regex Second();

    [GeneratedRegex(@"^f\.b_bn\.")]
    private static partial Regex SecondNorm();

    [GeneratedRegex(@"^f\.c\.")]
    private static partial Regex Third();

    [GeneratedRegex(@"^f\.c_bn\.")]
    private static partial Regex ThirdNorm();

    [GeneratedRegex(@"^f\.se\.f_ex\.0\.")]
    private static partial Regex Squeeze();

    [GeneratedRegex(@"^f\.se\.f_ex\.2\.")]
    private static partial Regex Excite();
}
