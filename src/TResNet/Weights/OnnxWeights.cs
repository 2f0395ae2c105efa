using System.Runtime.InteropServices;
using TResNet.Building;
using TResNet.Files;
using TResNet.Weights.ByGraph;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.Onnx;
using TResNet.Weights.Names;
using static TorchSharp.torch;

namespace TResNet.Weights;

/// <summary>The weights of an ONNX model under a network's names: by those that it has, or, where an exporter lost them, by its graph.</summary>
internal static class OnnxWeights
{
    /// <summary>The file, or what stands for it.</summary>
    /// <param name="module">The network.</param>
    /// <param name="path">For messages.</param>
    /// <param name="file">Any file; one that is no ONNX model is given back.</param>
    /// <exception cref="TResNetException">The model is another network's.</exception>
    public static ITensorFile Of(nn.Module module, string path, ITensorFile file)
    {
        if (file is not OnnxTensorFile model || HasNames(module, path, model))
        {
            return file;
        }

        try
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var weights = new LayerWeights(model);
            var layers = LayersOf(module);
            var pairs = Pairs(module, layers, model).ToList();
            foreach (var (ours, theirs) in pairs)
            {
                weights.Add(ours, theirs);
            }

            foreach (var value in weights.Values.Values)
            {
                value.DetachFromDisposeScope();
            }

            return new MatchedFile(
                weights.Values.ToDictionary(each => each.Key, each => Whole(each.Value)),
                Unread(module, layers),
                model.Metadata
            )
            {
                Caution = GraphDifference.Of(pairs),
            };
        }
        catch (Exception reason) when (reason is TResNetException or ExternalException)
        {
            var why =
                reason is TResNetException
                    ? reason.Message.TrimEnd('.')
                    : "the tensors of one of its layers do not fit each other";
            throw new TResNetException(
                $"The weights of {path} have other names, and by its graph it is no {module.GetName()}: {why}.",
                reason
            );
        }
    }

    private static Tensor Whole(Tensor value)
    {
        if (value.is_contiguous())
        {
            return value;
        }

        using (value)
        {
            return value.contiguous().DetachFromDisposeScope();
        }
    }

    // The classifier may be another.
    private static bool HasNames(nn.Module module, string path, OnnxTensorFile model)
    {
        var state = module.state_dict();
        var stored = StoredNames.Of(path, model, state.Keys).Stored;
        var head = StateHead.Of(state)?.Names ?? [];
        return state.Keys.All(name => stored.ContainsKey(name) || head.Contains(name) || WeightMatch.IsCounter(name));
    }

    private static IReadOnlyList<WeightedLayer> LayersOf(nn.Module module) =>
        NetworkLayers.Of(
            module,
            module switch
            {
                Network network => [1, network.InChans, network.DataConfig.InputSize, network.DataConfig.InputSize],
                FeatureNetwork features => [1, features.InChans, features.Info.InputSize, features.Info.InputSize],
                _ => throw new TResNetException("that is known of networks of this library alone"),
            }
        );

    // What evaluation does not compute with, no model has: statistics of training that a normalisation keeps and does not use.
    private static Dictionary<string, TensorEntry> Unread(nn.Module module, IReadOnlyList<WeightedLayer> layers)
    {
        var read = layers.SelectMany(layer => layer.Names).ToHashSet();
        return module
            .state_dict()
            .Where(each => !read.Contains(each.Key) && !WeightMatch.IsCounter(each.Key))
            .ToDictionary(each => each.Key, each => new TensorEntry(each.Value.dtype, each.Value.shape));
    }

    private static IEnumerable<(WeightedLayer Ours, WeightedLayer Theirs)> Pairs(
        nn.Module module,
        IReadOnlyList<WeightedLayer> ours,
        OnnxTensorFile model
    )
    {
        var theirs = ModelLayers.Of(model);
        if (LayerMatch.Find(ours, theirs) is { } found)
        {
            return ours.Zip(found);
        }

        // A model for features has no classifier.
        if (module is Network && ours.Count == theirs.Count + 1)
        {
            var body = ours.SkipLast(1).ToArray();
            if (LayerMatch.Find(body, theirs) is { } features)
            {
                return body.Zip(features);
            }
        }

        var stranger = LayerMatch.FirstStranger(ours, theirs);
        throw new TResNetException(
            stranger is null
                ? ours.Count == theirs.Count
                    ? "its layers are the network's, and read each other otherwise"
                    : $"it has {theirs.Count} layers with weights, and the network {ours.Count}"
                : $"it has nothing in the place of {FileText.Quote(stranger.Weight ?? stranger.Values ?? stranger.Label)} ({stranger.Label})"
        );
    }
}
