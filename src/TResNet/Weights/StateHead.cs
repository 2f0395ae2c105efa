using TResNet.Files;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>The head among a network's tensors, and what a file has in its place.</summary>
internal sealed class StateHead
{
    private const string Decoder = "ML-Decoder";

    /// <summary>timm's names of the last layer, the one whose outputs are the classes.</summary>
    private static readonly string[] Classifiers = ["head.fc", "fc", "classifier"];

    /// <summary>Where an ML-Decoder stands.</summary>
    private static readonly string[] Decoders = ["head.", "fc.", "classifier."];

    /// <summary>What names of heads begin with, in timm, torchvision and training scripts.</summary>
    private static readonly string[] Beginnings =
    [
        "head.",
        "head_",
        "fc.",
        "fc_",
        "classifier.",
        "last_linear.",
        "aux_",
        "logits.",
    ];

    /// <summary>A part of a name that only one kind of head has.</summary>
    private static readonly (string Part, string Is)[] Known =
    [
        ("embedding_generator", "MIIL's bottleneck head"),
        ("wordvec_proj", "ML-Decoder for zero-shot learning"),
        (MLDecoder.PoolingName, Decoder),
        ("pre_logits", "a head with a hidden layer"),
        ("head.norm", "a head with a normalisation"),
    ];

    private readonly IReadOnlyDictionary<string, Tensor> state;
    private readonly string prefix;
    private readonly bool isDecoder;

    private StateHead(IReadOnlyDictionary<string, Tensor> state, string prefix, bool isDecoder)
    {
        (this.state, this.prefix, this.isDecoder) = (state, prefix, isDecoder);
        Names = isDecoder
            ? [.. state.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]
            : [.. new[] { $"{prefix}weight", $"{prefix}bias" }.Where(state.ContainsKey)];
    }

    /// <summary>Its tensors.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>What it is, in words.</summary>
    internal string Kind => isDecoder ? Decoder : "linear classifier";

    /// <summary>The head of a network; null where it has none.</summary>
    /// <param name="state">The network's tensors.</param>
    internal static StateHead? Of(IReadOnlyDictionary<string, Tensor> state) =>
        Decoders.FirstOrDefault(each => state.ContainsKey(each + MLDecoder.BiasName)) is { } decoder
            ? new StateHead(state, decoder, isDecoder: true)
        : Classifiers.FirstOrDefault(each => state.ContainsKey($"{each}.weight")) is { } linear
            ? new StateHead(state, $"{linear}.", isDecoder: false)
        : null;

    /// <summary>Whether a name is of a head, whatever it is.</summary>
    internal static bool Has(string name) => Beginnings.Any(each => name.StartsWith(each, StringComparison.Ordinal));

    /// <summary>What a file's head is that has other names than this one.</summary>
    /// <param name="names">Those of its names that this head has no place for, one at least.</param>
    internal string Other(IReadOnlyList<string> names) =>
        Known.FirstOrDefault(each => names.Any(name => name.Contains(each.Part, StringComparison.Ordinal))).Is
        ?? (
            isDecoder && Classifiers.Any(each => names.Contains($"{each}.weight"))
                ? "a linear classifier"
                : $"another, with {FileText.Quote(names[0])}"
        );

    /// <summary>How many classes a file's head has; null where it has none of this kind.</summary>
    /// <param name="shapes">Gives a tensor's shape in the file; null for none of this name.</param>
    internal long? Classes(Func<string, long[]?> shapes) =>
        shapes(prefix + (isDecoder ? MLDecoder.BiasName : "weight")) is { Length: > 0 } shape ? shape[0] : null;

    /// <summary>The tensors that get fresh values, since the file's are of other sizes or missing.</summary>
    /// <param name="shapes">Gives a tensor's shape in the file; null for none of this name.</param>
    internal IReadOnlyList<string> Misfits(Func<string, long[]?> shapes)
    {
        if (!isDecoder)
        {
            // An input of another length is another network's, and not another number of classes.
            return Names.All(name => shapes(name) is { } shape && shape.FirstOrDefault() == state[name].shape[0])
                ? []
                : Names;
        }

        string[] ofClasses = [.. MLDecoder.OfClasses.Select(name => prefix + name)];
        return Names.Except(ofClasses).Any(Misfit) || shapes(prefix + MLDecoder.BiasName) is null ? Names
            : ofClasses.Any(Misfit) ? [.. ofClasses.Where(name => name != prefix + MLDecoder.QueryName || Misfit(name))]
            : [];

        bool Misfit(string name) => shapes(name) is not { } shape || !WeightMatch.Fits(shape, state[name].shape);
    }

    /// <summary>What a file's head is that is of this kind and for as many classes, and yet of other sizes; null where it is none.</summary>
    /// <param name="shapes">Gives a tensor's shape in the file; null for none of this name.</param>
    internal string? OtherSizes(Func<string, long[]?> shapes) =>
        isDecoder && Settings(shapes) is not null && Classes(shapes) == state[prefix + MLDecoder.BiasName].shape[0]
            ? "an ML-Decoder of other sizes"
            : null;

    /// <summary>What a network has to be set to for a file's ML-Decoder; null where that is no other than this head, or where the file has none.</summary>
    /// <param name="shapes">Gives a tensor's shape in the file; null for none of this name.</param>
    internal string? Settings(Func<string, long[]?> shapes)
    {
        var place = Decoders.FirstOrDefault(each => shapes(each + MLDecoder.BiasName) is not null);
        if (
            place is null
            || shapes(place + MLDecoder.BiasName) is not [var classes]
            || shapes(place + MLDecoder.QueryName) is not [var groups, var width]
        )
        {
            return null;
        }

        var usual = new MLDecoderOptions();
        var (ourGroups, ourWidth) = isDecoder
            ? (Size(MLDecoder.QueryName, 0), Size(MLDecoder.QueryName, 1))
            : (Math.Min(usual.NumOfGroups, classes), usual.DecoderEmbedding);

        // Fewer classes have fewer queries, which says nothing of how many there may be.
        var asksForGroups = groups != ourGroups && (!isDecoder || classes == Size(MLDecoder.BiasName, 0));
        string[] settings =
        [
            .. isDecoder ? (string[])[] : ["head=ml-decoder"],
            .. asksForGroups ? [$"num-of-groups={groups}"] : (string[])[],
            .. width != ourWidth ? [$"decoder-embedding={width}"] : (string[])[],
        ];
        return settings.Length == 0 ? null : string.Join(' ', settings.Select(each => $"--set {each}"));

        long Size(string name, int dimension) => state[prefix + name].shape[dimension];
    }
}
