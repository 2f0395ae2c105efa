// Names of the official TResNet repository's checkpoints (Alibaba-MIIL/TResNet) to timm's, which are ours.
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Weights.Names;

/// <summary>The official TResNet repository's names.</summary>
internal sealed partial class OfficialNames : NameTable
{
    /// <summary>What the in-place ABN adds to |weight|.</summary>
    internal const double AbnEpsilon = 1e-5;

    internal override string Source => "the official TResNet";

    // Other names of an official checkpoint say nothing: 'conv1.0.weight' is also a deep stem's.
    internal override bool Tells(IEnumerable<string> names) => names.Contains("body.conv1.0.weight");

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) => ToTimm;

    /// <summary>
    /// timm's name for an official one; null for what timm does not keep (the fixed blur kernels). A name that is timm's already stays.
    /// </summary>
    internal static string? ToTimm(string name)
    {
        if (name.EndsWith(".op.filt", StringComparison.Ordinal))
        {
            return null;
        }

        name = MLDecoderNames.ToTimm(name);
        // An anti-aliased convolution has one level more: conv1.0.0 and conv1.0.1.
        name = Antialiased().Replace(name, m => $"{m.Groups[1].Value}.{Part(m.Groups[2].Value)}");
        name = Convolution().Replace(name, m => $"{m.Groups[1].Value}.{Part(m.Groups[2].Value)}");
        return Downsample().Replace(name, m => $"{m.Groups[1].Value}.{Part(m.Groups[2].Value)}");
    }

    /// <summary>True for a weight that the in-place ABN applies as |weight| + <see cref="AbnEpsilon"/>.</summary>
    /// <param name="timmName">The name as <see cref="ToTimm"/> gives it.</param>
    internal static bool IsAbnWeight(string timmName) => timmName.EndsWith("bn.weight", StringComparison.Ordinal);

    /// <summary>Makes such a weight, in place, what a plain BatchNorm applies to the same effect.</summary>
    internal static void ToPlainWeight(Tensor weight)
    {
        using var scope = NewDisposeScope();
        weight.copy_(weight.abs() + AbnEpsilon);
    }

    private static string Part(string index) => index == "0" ? "conv" : "bn";

    [GeneratedRegex(@"(conv\d+)\.0\.([01])(?=\.)")]
    private static partial Regex Antialiased();

    [GeneratedRegex(@"(conv\d+)\.([01])(?=\.)")]
    private static partial Regex Convolution();

    [GeneratedRegex(@"(downsample\.\d+)\.([01])(?=\.)")]
    private static partial Regex Downsample();
}
