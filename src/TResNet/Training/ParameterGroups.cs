using TorchSharp.Modules;
using TResNet.Building;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Parameters that an optimiser changes alike.</summary>
/// <param name="Parameters">Those of them that learn.</param>
/// <param name="Decay">Their weight decay.</param>
/// <param name="Scale">What the learning rate is multiplied by for them.</param>
internal sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double Decay, double Scale)
{
    /// <summary>
    /// The groups of a recipe, always in one order: weights, and what has no decay; with <see cref="TrainingOptions.LayerDecay"/> both of each layer, from
    /// the images to the head.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="options">The recipe.</param>
    /// <exception cref="TResNetException">Layers are to differ, and the network's are not known.</exception>
    public static IReadOnlyList<ParameterGroup> Of(nn.Module model, TrainingOptions options)
    {
        if (options.LayerDecay is not { } decay)
        {
            return [.. Split([.. model.parameters()], 1)];
        }

        if (model is not Network network)
        {
            throw new TResNetException(
                $"{model.GetName()} is no network of this library, so the order of its layers is not known: leave the decay over layers out."
            );
        }

        // As in timm, layers that do not learn count too.
        var layers = network.LayerGroups();
        return
        [
            .. layers
                .Index()
                .SelectMany(layer =>
                    Split(
                        layer.Item,
                        Math.Max(options.LayerDecayMinScale, Math.Pow(decay, layers.Count - 1 - layer.Index))
                    )
                )
                .Where(group => group.Parameters.Count > 0),
        ];

        // Decay pulls weights towards zero; on norms and biases (rank 1) it would only pull the network's scale about.
        IEnumerable<ParameterGroup> Split(IReadOnlyList<Parameter> all, double scale) =>
            [
                new([.. all.Where(p => p.requires_grad && p.dim() >= 2)], options.WeightDecay, scale),
                new([.. all.Where(p => p.requires_grad && p.dim() < 2)], 0, scale),
            ];
    }
}
