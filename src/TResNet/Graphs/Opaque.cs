using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>What the graph has no operation for: a function that is called, which makes tensors for its caller and keeps none.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Arguments">What it takes.</param>
/// <param name="Call">The function.</param>
/// <param name="Sizes">The sizes of what it gives.</param>
/// <param name="Module">The module whose weights it reads when it is called.</param>
internal sealed record Opaque(
    string Name,
    IReadOnlyList<Value> Arguments,
    Func<IReadOnlyList<Tensor>, Tensor> Call,
    IReadOnlyList<long> Sizes,
    nn.Module? Module = null
) : Operation
{
    internal override string Text => $"opaque {Name}";

    internal override IReadOnlyList<Value> Inputs => Arguments;

    internal override Operation On(Func<Value, Value> other) => this with { Arguments = [.. Arguments.Select(other)] };

    internal override long[] Shape() => [.. Sizes];

    /// <summary>A module that is called, in evaluation mode and without gradients; its result's size is found by a call on zeros.</summary>
    /// <exception cref="TResNetException">Its result is not of float32.</exception>
    internal static Opaque Calling(nn.Module<Tensor, Tensor> module, Value x)
    {
        using var scope = NewDisposeScope();
        var device = module.parameters().Concat(module.buffers()).FirstOrDefault()?.device;
        var result = Evaluate(module, zeros([.. x.Shape], ScalarType.Float32, device));
        return result.dtype == ScalarType.Float32
            ? new Opaque(module.DisplayName(), [x], tensors => Evaluate(module, tensors[0]), result.shape, module)
            : throw new TResNetException(
                $"{module.DisplayName()} gives {result.dtype}: a network that is optimised computes in float32."
            );
    }

    internal static Tensor Evaluate(nn.Module<Tensor, Tensor> module, Tensor x)
    {
        using var _ = no_grad();
        (nn.Module Module, bool Training)[] before =
        [
            .. module.modules().Prepend(module).Select(each => (each, each.training)),
        ];
        if (before.All(each => !each.Training))
        {
            return module.call(x);
        }

        module.eval();
        try
        {
            return module.call(x);
        }
        finally
        {
            // train(bool) reaches all modules inside; parents come first, so each module's own mode is the last one set.
            foreach (var (each, training) in before)
            {
                each.train(training);
            }
        }
    }
}
