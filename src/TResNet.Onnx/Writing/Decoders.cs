using TResNet.Layers;

namespace TResNet.Onnx;

/// <summary>ML-Decoder (Ridnik et al., arXiv 2111.12933, section 2) in ONNX's operators.</summary>
internal static class Decoders
{
    private const string Layer = "decoder.layers.0.";
    private const float Epsilon = 1e-5f;

    /// <summary>Maps a map [N, C, H, W] to logits [N, classes].</summary>
    public static string Add(OnnxNodes nodes, MLDecoder head, string x)
    {
        var tensors = head.state_dict();
        var (channels, classes) = (tensors["embed_standart.weight"].shape[1], tensors[MLDecoder.BiasName].numel());
        var (groups, width) = (tensors[MLDecoder.PoolingName].shape[0], tensors[MLDecoder.PoolingName].shape[1]);
        var places = Transposed(Operators.Reshaped(nodes, x, 0, channels, -1), 0, 2, 1);
        var memory = nodes.Node("Relu", [Linear(places, "embed_standart.weight", "embed_standart.bias")]);

        var query = Operators.Reshaped(nodes, Weight(MLDecoder.QueryName), 1, groups, width);
        query = Normalised(nodes.Node("Add", [query, query]), "norm1");
        query = Normalised(nodes.Node("Add", [query, Attention(query, memory)]), "norm2");
        var inner = nodes.Node("Relu", [Linear(query, Layer + "linear1.weight", Layer + "linear1.bias")]);
        var seen = Linear(inner, Layer + "linear2.weight", Layer + "linear2.bias");
        seen = Normalised(nodes.Node("Add", [query, seen]), "norm3");

        var byGroup = nodes.Node("MatMul", [Transposed(seen, 1, 0, 2), Weight(MLDecoder.PoolingName)]);
        var logits = Operators.Reshaped(nodes, Transposed(byGroup, 1, 0, 2), 0, -1);
        logits = Operators.Sliced(nodes, logits, axis: 1, 0, classes);
        return nodes.Node("Add", [logits, Weight(MLDecoder.BiasName)]);

        string Weight(string name) => nodes.Weight(tensors[name]);

        string Transposed(string value, params long[] axes) => nodes.Node("Transpose", [value], [("perm", axes)]);

        string Linear(string value, string weight, string bias) =>
            nodes.Node("Add", [nodes.Node("MatMul", [value, Transposed(Weight(weight), 1, 0)]), Weight(bias)]);

        // Queries, keys and values have one matrix together; heads beside each other.
        string Attention(string queries, string keys)
        {
            const string attention = Layer + "multihead_attn.";
            var (all, bias) = (Weight(attention + "in_proj_weight"), Weight(attention + "in_proj_bias"));
            var of = Part(queries, 0);
            var (key, value) = (Part(keys, 1), Part(keys, 2));
            var root = nodes.Numbers([(float)Math.Sqrt(width / MLDecoderOptions.Heads)], []);
            var scores = nodes.Node("Div", [nodes.Node("MatMul", [of, Transposed(key, 0, 1, 3, 2)]), root]);
            var mean = nodes.Node("MatMul", [nodes.Node("Softmax", [scores], [("axis", -1L)]), value]);
            var joined = Operators.Reshaped(nodes, Transposed(mean, 0, 2, 1, 3), 0, groups, width);
            return Linear(joined, attention + "out_proj.weight", attention + "out_proj.bias");

            string Part(string values, long i)
            {
                var matrix = Transposed(Operators.Sliced(nodes, all, axis: 0, i * width, (i + 1) * width), 1, 0);
                var shift = Operators.Sliced(nodes, bias, axis: 0, i * width, (i + 1) * width);
                var part = nodes.Node("Add", [nodes.Node("MatMul", [values, matrix]), shift]);
                var heads = Operators.Reshaped(
                    nodes,
                    part,
                    0,
                    -1,
                    MLDecoderOptions.Heads,
                    width / MLDecoderOptions.Heads
                );
                return Transposed(heads, 0, 2, 1, 3);
            }
        }

        string Normalised(string value, string name)
        {
            var (weight, bias) = (Weight($"{Layer}{name}.weight"), Weight($"{Layer}{name}.bias"));
            if (nodes.Opset >= 17)
            {
                return nodes.Node("LayerNormalization", [value, weight, bias], [("axis", -1L), ("epsilon", Epsilon)]);
            }

            var off = nodes.Node("Sub", [value, Operators.Mean(nodes, value, axis: -1)]);
            var variance = Operators.Mean(nodes, nodes.Node("Mul", [off, off]), axis: -1);
            var deviation = nodes.Node("Sqrt", [nodes.Node("Add", [variance, nodes.Numbers([Epsilon], [])])]);
            return nodes.Node("Add", [nodes.Node("Mul", [nodes.Node("Div", [off, deviation]), weight]), bias]);
        }
    }
}
