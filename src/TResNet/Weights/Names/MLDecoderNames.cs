// src_files/ml_decoder/ml_decoder.py of Alibaba-MIIL/ML_Decoder: all parameters are inside the decoder, as head.decoder.query_embed.weight. timm's
// MLDecoder, which is the older form of the same, has only the layers there.
using System.Text.RegularExpressions;
using TResNet.Weights.Formats;

namespace TResNet.Weights.Names;

/// <summary>The official ML-Decoder's names, on any network of timm's; its TResNets have the names of <see cref="OfficialNames"/> too.</summary>
internal sealed partial class MLDecoderNames : NameTable
{
    internal override string Source => "the official ML-Decoder";

    internal override bool Tells(IEnumerable<string> names) =>
        names.Any(name => name.EndsWith(".decoder.duplicate_pooling", StringComparison.Ordinal));

    internal override Func<string, string?> Mapper(IReadOnlyDictionary<string, TensorEntry> entries) => ToTimm;

    /// <summary>timm's name for an official one. A name that is timm's already stays.</summary>
    internal static string ToTimm(string name) => Inside().Replace(name, "$1$2");

    [GeneratedRegex(
        @"^(head\.|fc\.|classifier\.)decoder\.(embed_standart\.|query_embed\.|duplicate_pooling$|duplicate_pooling_bias$)"
    )]
    private static partial Regex Inside();
}
