using TResNet.Layers;

namespace TResNet.Graphs.TorchScript;

/// <summary>Layers that the graph has no operations for, in PyTorch's operators.</summary>
internal static class ScriptLayers
{
    private const long End = long.MaxValue;
    private const double Epsilon = 1e-5;

    /// <summary>Coordinate attention (Hou et al., arXiv 2103.02907): x times a gate of its row and one of its column.</summary>
    public static string Add(ScriptCode code, CoordinateAttention layer, string x)
    {
        var tensors = layer.state_dict();
        var columns = Turned(code.Call("mean", x, new long[] { 2 }, true));
        var both = code.Call("cat", new[] { code.Call("mean", x, new long[] { 3 }, true), columns }, 2);
        var normalised = code.Call(
            "batch_norm",
            Convolved("conv1", both),
            Weight("bn1.weight"),
            Weight("bn1.bias"),
            Weight("bn1.running_mean"),
            Weight("bn1.running_var"),
            false,
            0.0,
            CoordinateAttention.Epsilon,
            false
        );
        var within = code.Call("hardswish", normalised);
        var height = code.Call("size", x, 2);
        var ofRows = Gate("conv_h", code.Call("slice", within, 2, 0, height));
        var ofColumns = Gate("conv_w", Turned(code.Call("slice", within, 2, height, End)));
        return code.Call("mul", code.Call("mul", x, ofColumns), ofRows);

        string Weight(string name) => code.Weight(tensors[name]);

        string Turned(string map) => code.Call("transpose", map, 2, 3);

        string Gate(string name, string map) => code.Call("sigmoid", Convolved(name, map));

        string Convolved(string name, string map)
        {
            long[] one = [1, 1];
            return code.Call("conv2d", map, Weight($"{name}.weight"), null, one, new long[] { 0, 0 }, one, 1);
        }
    }

    /// <summary>ML-Decoder (Ridnik et al., arXiv 2111.12933, section 2): a map [N, C, H, W] to logits [N, classes].</summary>
    public static string Add(ScriptCode code, MLDecoder head, string x)
    {
        const string layer = "decoder.layers.0.";
        const string attention = layer + "multihead_attn.";
        var tensors = head.state_dict();
        var width = tensors[MLDecoder.PoolingName].shape[1];
        var places = code.Call("transpose", code.Call("flatten", x, 2), 1, 2);
        var memory = code.Call("relu", Linear(places, "embed_standart."));

        var query = code.Call("unsqueeze", Weight(MLDecoder.QueryName), 0);
        query = Normalised(code.Call("add", query, query), "norm1");
        query = Normalised(code.Call("add", query, Attention(query)), "norm2");
        var inner = Linear(code.Call("relu", Linear(query, layer + "linear1.")), layer + "linear2.");
        var seen = code.Call("transpose", Normalised(code.Call("add", query, inner), "norm3"), 0, 1);

        var byGroup = code.Call("transpose", code.Call("bmm", seen, Weight(MLDecoder.PoolingName)), 0, 1);
        var logits = code.Call("slice", code.Call("flatten", byGroup, 1), 1, 0, tensors[MLDecoder.BiasName].numel());
        return code.Call("add", logits, Weight(MLDecoder.BiasName));

        string Weight(string name) => code.Weight(tensors[name]);

        string Linear(string value, string name) =>
            code.Call("linear", value, Weight(name + "weight"), Weight(name + "bias"));

        string Normalised(string value, string name) =>
            code.Call(
                "layer_norm",
                value,
                new[] { width },
                Weight($"{layer}{name}.weight"),
                Weight($"{layer}{name}.bias"),
                Epsilon,
                false
            );

        string Attention(string queries)
        {
            var (of, key, value) = (Part(queries, 0), Part(memory, 1), Part(memory, 2));
            var scores = code.Call("matmul", of, code.Call("transpose", key, 2, 3));
            scores = code.Call("mul", scores, 1 / Math.Sqrt((double)width / MLDecoderOptions.Heads));
            var mean = code.Call("matmul", code.Call("softmax", scores, -1), value);
            return Linear(code.Call("flatten", code.Call("transpose", mean, 1, 2), 2), attention + "out_proj.");
        }

        // Queries, keys and values have one matrix together; heads beside each other.
        string Part(string values, long i)
        {
            var matrix = code.Call("slice", Weight(attention + "in_proj_weight"), 0, i * width, (i + 1) * width);
            var shift = code.Call("slice", Weight(attention + "in_proj_bias"), 0, i * width, (i + 1) * width);
            var part = code.Call("linear", values, matrix, shift);
            long[] heads = [MLDecoderOptions.Heads, width / MLDecoderOptions.Heads];
            return code.Call("transpose", code.Call("unflatten", part, 2, heads), 1, 2);
        }
    }
}
