// Multi-head attention: Vaswani et al., arXiv 1706.03762, section 3.2.2.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Queries that each take a weighted mean of a memory, in several heads: <c>nn.MultiheadAttention</c> with its parameters and names, where keys and
/// values are of the same memory and images come first.
/// </summary>
internal sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly double dropout;
    private readonly Parameter in_proj_weight;
    private readonly Parameter in_proj_bias;
    private readonly Linear out_proj;

    /// <summary>Makes the layer, with weights as PyTorch starts them.</summary>
    /// <param name="width">Features of a query, and of a place in the memory.</param>
    /// <param name="heads">How many heads share them; divides the width.</param>
    /// <param name="dropout">The probability that a weight of the mean is dropped in training, 0 to 1 exclusive.</param>
    public CrossAttention(long width, int heads, double dropout)
        : base(nameof(CrossAttention))
    {
        (this.heads, this.dropout) = (heads, dropout);
        in_proj_weight = new Parameter(empty(3 * width, width));
        in_proj_bias = new Parameter(zeros(3 * width));
        out_proj = nn.Linear(width, width);
        using (no_grad())
        {
            nn.init.xavier_uniform_(in_proj_weight);
            nn.init.zeros_(out_proj.bias!);
        }

        RegisterComponents();
    }

    /// <summary>Multiply-adds of an image, without those of <c>out_proj</c>.</summary>
    /// <param name="queries">How many queries.</param>
    /// <param name="places">How many places the memory has.</param>
    internal long MultiplyAdds(long queries, long places)
    {
        var width = in_proj_weight.shape[1];
        return (queries + 2 * places) * width * width + 2 * queries * places * width;
    }

    /// <summary>Maps queries [N, Q, D], or [1, Q, D] for all images, and a memory [N, L, D] to [N, Q, D].</summary>
    public override Tensor forward(Tensor queries, Tensor memory)
    {
        using var scope = NewDisposeScope();
        var (images, width) = (memory.shape[0], memory.shape[2]);
        var weights = in_proj_weight.split([width, 2 * width]);
        var biases = in_proj_bias.split([width, 2 * width]);
        var query = Heads(nn.functional.linear(queries, weights[0], biases[0])).expand(images, -1, -1, -1);
        var both = nn.functional.linear(memory, weights[1], biases[1]).chunk(2, -1);
        var mean = nn.functional.scaled_dot_product_attention(
            query,
            Heads(both[0]),
            Heads(both[1]),
            p: training ? dropout : 0
        );
        return out_proj.call(mean.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor x) => x.unflatten(2, heads, x.shape[2] / heads).transpose(1, 2);
}
