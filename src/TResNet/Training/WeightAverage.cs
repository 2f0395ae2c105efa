// The average of the weights over training (B. Polyak, A. Juditsky, 1992), exponential as in M. Tan, Q. Le, arXiv 1905.11946, section 5.2.
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>An exponential moving average of a network's parameters and running statistics.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly AverageDecay decay;
    private readonly (string Name, Tensor Average, Tensor Live)[] pairs;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="model">The network.</param>
    /// <param name="decay">The share that is kept at each step.</param>
    /// <param name="frozen">What stays as it is and is not averaged, since rounding would move the average of equal numbers; null for nothing.</param>
    public WeightAverage(nn.Module model, AverageDecay decay, FrozenLayers? frozen = null)
    {
        this.decay = decay;
        using var _ = no_grad();
        pairs =
        [
            .. model
                .state_dict()
                .Where(p => frozen?.Holds(p.Key) != true)
                .Select(p => (p.Key, p.Value.detach().clone().DetachFromDisposeScope(), p.Value)),
        ];
    }

    /// <summary>The averages by the names of the network's tensors, live.</summary>
    public IReadOnlyDictionary<string, Tensor> State => pairs.ToDictionary(p => p.Name, p => p.Average);

    /// <summary>Moves towards the weights; what is no fraction, such as a counter, is taken over.</summary>
    /// <param name="step">The step that changed them, from 1.</param>
    public void Update(int step)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // Held to the end: a scalar that only a call mentions may be collected before libtorch has read it.
        var share = decay.At(step);
        using Scalar kept = share;
        using Scalar added = 1 - share;
        foreach (var (_, average, live) in pairs)
        {
            if (average.is_floating_point())
            {
                average.mul_(kept).add_(live, alpha: added);
            }
            else
            {
                average.copy_(live);
            }
        }
    }

    /// <summary>Puts the averages into the network until the result is disposed.</summary>
    public IDisposable InPlace()
    {
        Exchange();
        return new Exchanged(this);
    }

    /// <summary>Puts the averages into the network for good.</summary>
    public void Keep() => Exchange();

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (var (_, average, _) in pairs)
        {
            average.Dispose();
        }
    }

    private void Exchange()
    {
        using var _ = no_grad();
        foreach (var (_, average, live) in pairs)
        {
            using var scope = NewDisposeScope();
            var before = live.clone();
            live.copy_(average);
            average.copy_(before);
        }
    }

    private sealed class Exchanged(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.Exchange();
    }
}
