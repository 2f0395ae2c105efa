using TResNet.Building;
using TResNet.Compute;
using TResNet.Files;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>Writes networks as ONNX: standard operators alone, which any runtime of today knows.</summary>
public static class OnnxExport
{
    /// <summary>
    /// Writes a network in evaluation. Its input is called <c>images</c>, [N, C, H, W] of float32; its output <c>logits</c>, <c>probabilities</c>, or <c>features_0</c>
    /// and so on for a <see cref="FeatureNetwork"/>.
    /// </summary>
    /// <remarks>
    /// Weights keep their names, those of timm; what was folded is called otherwise. Classes, mean and deviation, and where the weights are from, are in the file's
    /// metadata, so that <see cref="Models.Load"/> takes it back.
    /// </remarks>
    /// <param name="model">A network, a network for features, or a module of layers that the graph knows. Not changed; its mode does not matter.</param>
    /// <param name="path">Where; replaced once the new file is whole.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="TResNetException">An option is out of range, ONNX has no operators for a layer, a weight is not finite, or the disk refuses.</exception>
    /// <example><code>
    /// var file = network.ToOnnx("tresnet_m.onnx", new OnnxOptions { Softmax = true });
    /// Console.WriteLine(file); // tresnet_m.onnx: 125.9 MB, opset 17, ...
    /// </code></example>
    public static OnnxFile ToOnnx(this nn.Module model, string path, OnnxOptions? options = null)
    {
        options ??= new OnnxOptions();
        options.Validate();
        RequireFile(path);
        using var _ = no_grad();
        var image = ExportedImage.Of(model, options);
        using var graph = Graph.Of(model, image.Shape);
        if (options.Softmax && (graph.Outputs is not [var logits] || logits.Rank != 2))
        {
            throw new TResNetException(
                "Probabilities are made of logits, and this network gives feature maps: leave softmax out."
            );
        }

        var changes = options.TensorRTFriendly ? ZeroBorders.Run(graph) : null;
        Simplification.Run(
            graph,
            fold: options.Fold || options.Quantization is not null || options.Precision == ComputeType.Float16
        );
        var quantized = Quantized(model, graph, image, options);
        return ModelWriter.Write(model, graph, image, options, path, quantized) with { Inexact = changes };
    }

    private static QuantizedGraph? Quantized(nn.Module model, Graph graph, ExportedImage image, OnnxOptions options)
    {
        if (options.Quantization is not { } quantization)
        {
            return null;
        }

        // By its name in the network, before it is folded into another.
        var broken = model.state_dict().FirstOrDefault(each => !OnnxNodes.IsFinite(each.Value));
        if (broken.Key is not null)
        {
            throw OnnxNodes.NotFinite(broken.Key);
        }

        CalibrationBatches.Require(model.GetName(), quantization.Images, image, options);
        return QuantizedGraph.Of(graph, quantization, CalibrationBatches.Together(model, quantization.Images, image));
    }

    private static void RequireFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new TResNetException(
                $"{path} is a folder: name a file in it, such as {Path.Combine(path, "network.onnx")}."
            );
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new TResNetException(
                $"The folder {folder} of {FileText.Quote(path)} does not exist: make it, or choose another."
            );
        }
    }
}
