// ML-Decoder: Ridnik et al., "ML-Decoder: Scalable and Versatile Classification Head", arXiv 2111.12933, section 2, with the names of timm's
// MLDecoder and the numbers of the authors' implementation.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>What an ML-Decoder can be given.</summary>
/// <param name="NumOfGroups">How many queries there are at most; with fewer classes there is one for each. At least 1.</param>
/// <param name="DecoderEmbedding">Features of a query; a multiple of <see cref="Heads"/>.</param>
internal sealed record MLDecoderOptions(int NumOfGroups = 100, int DecoderEmbedding = 768)
{
    /// <summary>Heads of its attention.</summary>
    internal const int Heads = 8;

    /// <summary>How many queries there are.</summary>
    /// <param name="classes">The classes that they share.</param>
    internal int Groups(int classes) => Math.Min(NumOfGroups, classes);
}

/// <summary>
/// A classification head in the place of pooling and linear layer: fixed queries look at the whole feature map by cross-attention, and each gives the
/// logits of one class or, where there are more classes than queries, of a group of them (group decoding, section 2.3).
/// </summary>
internal sealed class MLDecoder : nn.Module<Tensor, Tensor>, IMultiplies
{
    private readonly long channels;
    private readonly int classes;
    private readonly MLDecoderOptions options;
    private readonly Parameter duplicate_pooling;
    private readonly Parameter duplicate_pooling_bias;
    private readonly Linear embed_standart;
    private readonly DecoderLayers decoder;
    private readonly QueryEmbedding query_embed;

    /// <summary>Makes the layer, with weights as the authors start them.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="classes">Length of its output, at least 1.</param>
    /// <param name="options">Groups and width.</param>
    public MLDecoder(long channels, int classes, MLDecoderOptions options)
        : base(nameof(MLDecoder))
    {
        (this.channels, this.classes, this.options) = (channels, classes, options);
        long groups = options.Groups(classes);
        var width = options.DecoderEmbedding;
        duplicate_pooling = new Parameter(empty(groups, width, (classes + groups - 1) / groups));
        duplicate_pooling_bias = new Parameter(zeros(classes));
        embed_standart = nn.Linear(channels, width);
        decoder = new DecoderLayers(width);
        query_embed = new QueryEmbedding(groups, width);
        using (no_grad())
        {
            nn.init.xavier_normal_(duplicate_pooling);
        }

        RegisterComponents();
    }

    /// <summary>The parameters that depend on the number of classes, by their names.</summary>
    internal static IReadOnlyList<string> OfClasses { get; } = [PoolingName, BiasName, QueryName];

    /// <summary>The name of the queries, which are not learned.</summary>
    internal const string QueryName = nameof(query_embed) + ".weight";

    /// <summary>The name of the weights of the last layer, which no other head has.</summary>
    internal const string PoolingName = nameof(duplicate_pooling);

    /// <summary>The name of the parameter with one element a class.</summary>
    internal const string BiasName = nameof(duplicate_pooling_bias);

    /// <summary>The last layer's parameters, whose outputs are the classes.</summary>
    internal IReadOnlyList<Parameter> Classifier => [duplicate_pooling, duplicate_pooling_bias];

    /// <summary>Another layer of the same sizes, with fresh weights.</summary>
    internal MLDecoder Fresh() => new(channels, classes, options);

    /// <summary>Maps [N, C, H, W] to logits [N, classes].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var memory = embed_standart.call(x.flatten(2).transpose(1, 2)).relu();
        var queries = query_embed.weight.unsqueeze(0);

        // In evaluation they are the same for all images until they have looked.
        queries = training ? queries.expand(x.shape[0], -1, -1) : queries;
        var seen = decoder.call(queries, memory).transpose(0, 1);
        var logits = seen.bmm(duplicate_pooling).transpose(0, 1).flatten(1);
        return (logits.narrow(1, 0, classes) + duplicate_pooling_bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public long MultiplyAdds(IReadOnlyList<long> input) =>
        input[0]
        * (
            duplicate_pooling.numel()
            + decoder.OfAttention(duplicate_pooling.shape[0], input.Skip(2).Aggregate(1L, (a, b) => a * b))
        );

    /// <summary>The queries. Section 2.2: learning them gains nothing, as they are projected first.</summary>
    private sealed class QueryEmbedding : nn.Module
    {
        public readonly Parameter weight;

        public QueryEmbedding(long groups, long width)
            : base(nameof(QueryEmbedding))
        {
            weight = new Parameter(randn(groups, width), requires_grad: false);
            RegisterComponents();
        }
    }

    /// <summary>A level of names, as in <c>nn.TransformerDecoder</c>; the authors have one layer.</summary>
    private sealed class DecoderLayers : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly ModuleList<MLDecoderLayer> layers;

        public DecoderLayers(long width)
            : base(nameof(decoder))
        {
            layers = nn.ModuleList(new MLDecoderLayer(width));
            RegisterComponents();
        }

        public long OfAttention(long queries, long places) => layers[0].OfAttention(queries, places);

        public override Tensor forward(Tensor queries, Tensor memory) => layers[0].call(queries, memory);
    }
}
