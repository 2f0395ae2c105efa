// ML-Decoder's layer: Ridnik et al., arXiv 2111.12933, section 2.2 and figure 2.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// A decoder layer of a transformer without its self-attention, which fixed queries do not need: cross-attention, then two linear layers, each with
/// its sum and its normalisation.
/// </summary>
internal sealed class MLDecoderLayer : nn.Module<Tensor, Tensor, Tensor>
{
    // The authors' numbers.
    private const double Dropout = 0.1;
    private const int Inner = 2048;

    private readonly LayerNorm norm1;
    private readonly CrossAttention multihead_attn;
    private readonly Linear linear1;
    private readonly Linear linear2;
    private readonly LayerNorm norm2;
    private readonly LayerNorm norm3;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Features of a query.</param>
    public MLDecoderLayer(long width)
        : base(nameof(MLDecoderLayer))
    {
        norm1 = nn.LayerNorm(width);
        multihead_attn = new CrossAttention(width, MLDecoderOptions.Heads, Dropout);
        linear1 = nn.Linear(width, Inner);
        linear2 = nn.Linear(Inner, width);
        norm2 = nn.LayerNorm(width);
        norm3 = nn.LayerNorm(width);
        RegisterComponents();
    }

    /// <summary>Multiply-adds of an image within the attention, without those of its linear layer.</summary>
    internal long OfAttention(long queries, long places) => multihead_attn.MultiplyAdds(queries, places);

    /// <summary>Maps queries [N, Q, D], or [1, Q, D] for all images, and a memory [N, L, D] to [N, Q, D].</summary>
    public override Tensor forward(Tensor queries, Tensor memory)
    {
        using var scope = NewDisposeScope();
        var x = norm1.call(queries + Dropped(queries));
        x = norm2.call(x + Dropped(multihead_attn.call(x, memory)));
        var inner = Dropped(linear1.call(x).relu());
        return norm3.call(x + Dropped(linear2.call(inner))).MoveToOuterDisposeScope();
    }

    private Tensor Dropped(Tensor x) => training ? nn.functional.dropout(x, Dropout, training: true) : x;
}
