using TorchSharp.Modules;
using TResNet.Building;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// The first layers of a network while they do not learn: their parameters get no gradient and are in no optimiser, their normalisations use the
/// statistics that they have, and nothing of them is dropped. They learn again when this is disposed.
/// </summary>
internal sealed class FrozenLayers : IDisposable
{
    private readonly Network network;
    private readonly IReadOnlyList<(string Name, nn.Module Module)> layers;
    private readonly Parameter[] held;

    private FrozenLayers(Network network, string stage)
    {
        this.network = network;
        layers = network.Freeze(stage);
        held = [.. layers.SelectMany(layer => layer.Module.parameters()).Where(each => each.requires_grad)];
        Require(false);
    }

    /// <summary>Freezes what a recipe says.</summary>
    /// <param name="model">The network.</param>
    /// <param name="options">The recipe.</param>
    /// <returns>Null where nothing is to be frozen.</returns>
    /// <exception cref="TResNetException">The network has no such stage, or no stages with names.</exception>
    public static FrozenLayers? Of(nn.Module model, TrainingOptions options) =>
        (options.Freeze, model) switch
        {
            (null, _) => null,
            ({ } stage, Network network) => new FrozenLayers(network, stage),
            var (stage, _) => throw new TResNetException(
                $"{model.GetName()} is no network of this library and has no stage '{stage}' to freeze: set requires_grad = false on its parameters instead."
            ),
        };

    /// <summary>Whether a tensor of the network's state stays as it is.</summary>
    /// <param name="name">The tensor's name.</param>
    public bool Holds(string name) => layers.Any(layer => name.StartsWith(layer.Name + ".", StringComparison.Ordinal));

    /// <summary>Puts the layers into evaluation mode, in a network that was put into training mode.</summary>
    public void Hold()
    {
        foreach (var (_, module) in layers)
        {
            module.eval();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Freeze(null);
        Require(true);
    }

    private void Require(bool gradient)
    {
        foreach (var parameter in held)
        {
            parameter.requires_grad = gradient;
        }
    }
}
