using System.Text.RegularExpressions;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using TResNet.Weights.Names;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>Networks with the fixtures' weights.</summary>
internal static partial class FilledNetwork
{
    /// <summary>A network filled under its own (timm's) names.</summary>
    internal static Network Timm(Fixture fixture)
    {
        using var skip = new SkipInit();
        var network = fixture.Architecture.Build();
        Fill(network, fixture.K);
        return network;
    }

    /// <summary>A network with the official ML-Decoder, filled under that one's names.</summary>
    internal static Network OfficialDecoder(Fixture fixture)
    {
        using var skip = new SkipInit();
        var network = fixture.Architecture.Build(fixture.Classes);
        Apply(network, OfficialDecoderKeys(network), fixture.K);
        return network;
    }

    /// <summary>timm's keys to those of a network with the official ML-Decoder, whose parameters are all inside <c>decoder</c>.</summary>
    internal static Dictionary<string, string> OfficialDecoderKeys(Network network) =>
        network
            .state_dict()
            .Keys.ToDictionary(
                k => k,
                k => new[] { DecoderPart().Replace(k, "$1decoder.$2"), k }.First(c => MLDecoderNames.ToTimm(c) == k)
            );

    /// <summary>A network filled under the official repository's names, with a weight kind of the caller's choice.</summary>
    internal static Network Official(Fixture fixture, AbnWeight weights, bool flipOddSigns = false)
    {
        var architecture = (StagedArchitecture)Models.Describe("tresnet_m");
        var kind = weights == AbnWeight.Magnitude ? NormKind.InPlaceAbn : NormKind.BatchNorm;
        using var skip = new SkipInit();
        var network = (architecture with { NormAct = architecture.NormAct with { Kind = kind } }).Build();
        Apply(
            network,
            OfficialKeys(network),
            fixture.K,
            (name, values) => Convert(name, values, weights, flipOddSigns)
        );
        return network;
    }

    /// <summary>Scales the last normalisation of every residual branch, as the training fixtures do.</summary>
    internal static void ScaleLastNorms(Network network, double factor)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (LastNorm().IsMatch(name))
            {
                var scaled = parameter.data<float>().ToArray().Select(v => (float)(v * factor)).ToArray();
                parameter.copy_(tensor(scaled));
            }
        }
    }

    /// <summary>Our names to the official ones, found by mapping every candidate the official repository has back to ours.</summary>
    internal static Dictionary<string, string> OfficialKeys(Network network) =>
        network
            .state_dict()
            .Keys.ToDictionary(k => k, k => OfficialCandidates(k).First(c => OfficialNames.ToTimm(c) == k));

    private static IEnumerable<string> OfficialCandidates(string name)
    {
        // Only the convolution that the blur follows has the extra level.
        if (Blurred().IsMatch(name))
        {
            yield return ConvPart().Replace(name, m => $"{m.Groups[1].Value}.0.{Index(m.Groups[2].Value)}");
        }

        yield return Part().Replace(name, m => $"{m.Groups[1].Value}.{Index(m.Groups[2].Value)}");
    }

    private static string Index(string part) => part == "conv" ? "0" : "1";

    private static void Convert(string name, Span<float> values, AbnWeight weights, bool flipOddSigns)
    {
        for (var i = 0; OfficialNames.IsAbnWeight(name) && i < values.Length; i++)
        {
            var signed = flipOddSigns && i % 2 == 1 ? -values[i] : values[i];
            values[i] =
                weights == AbnWeight.Magnitude ? signed : (float)(Math.Abs(signed) + (float)OfficialNames.AbnEpsilon);
        }
    }

    /// <summary>Fills any module under its own names.</summary>
    internal static void Fill(nn.Module module, double k) =>
        Apply(module, module.state_dict().Keys.ToDictionary(n => n, n => n), k);

    private static void Apply(
        nn.Module network,
        Dictionary<string, string> keys,
        double k,
        Action<string, Span<float>>? convert = null
    )
    {
        foreach (var (name, target) in network.state_dict())
        {
            var values = Parity.Fill.Write(keys[name], target, k);
            convert?.Invoke(name, values);
        }
    }

    [GeneratedRegex(@"layer[12]\.\d+\.conv2\.bn\.weight$|layer[34]\.\d+\.conv3\.bn\.weight$")]
    private static partial Regex LastNorm();

    [GeneratedRegex(@"layer2\.0\.conv1\.|layer[34]\.0\.conv2\.")]
    private static partial Regex Blurred();

    [GeneratedRegex(@"^(head\.|fc\.|classifier\.)(embed_standart\.|query_embed\.|duplicate_pooling)")]
    private static partial Regex DecoderPart();

    [GeneratedRegex(@"(conv\d+)\.(conv|bn)(?=\.)")]
    private static partial Regex ConvPart();

    [GeneratedRegex(@"(conv\d+|downsample\.\d+)\.(conv|bn)(?=\.)")]
    private static partial Regex Part();
}
