// Counts a network by watching one image go through it: hooks see every module's output, whatever its forward pass does.

using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Profiling.Counting;

/// <summary>Counts parameters, multiply-adds and activations.</summary>
internal static class Summarizer
{
    /// <summary>Sends one image of zeros through the network in evaluation mode; the network is left as it was.</summary>
    /// <param name="model">Takes images <c>[1, C, H, W]</c>.</param>
    /// <param name="inputShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <exception cref="TResNetException">The shape is not that of an image, or the network does not take it.</exception>
    public static ModelSummary Summarize(nn.Module<Tensor, Tensor> model, params long[] inputShape)
    {
        var calls = new Dictionary<nn.Module, Calls>(ReferenceEqualityComparer.Instance);
        var hooks = model
            .modules()
            .Prepend(model)
            .Distinct(ReferenceEqualityComparer.Instance)
            .OfType<nn.Module<Tensor, Tensor>>()
            .Select(module => module.register_forward_hook((_, input, output) => Watch(calls, module, input, output)))
            .ToList();
        try
        {
            InputCheck.Try(model, inputShape).Dispose();
        }
        finally
        {
            hooks.ForEach(hook => hook.remove());
        }

        var counted = new HashSet<object>(ReferenceEqualityComparer.Instance);
        return new ModelSummary
        {
            Model = model.DisplayName(),
            InputShape = inputShape,
            Root = Row(name: "", model, calls, counted),
        };
    }

    private static LayerRow Row(
        string name,
        nn.Module module,
        Dictionary<nn.Module, Calls> calls,
        HashSet<object> counted
    )
    {
        var watched = calls.GetValueOrDefault(module);
        var first = counted.Add(module);
        return new LayerRow
        {
            Name = name,
            Type = module.GetType().Name,
            OutputShape = watched?.OutputShape,
            OwnParameters = module.parameters(recurse: false).Where(counted.Add).Sum(parameter => parameter.numel()),
            OwnMultiplyAdds = first && watched is not null ? watched.MultiplyAdds : 0,
            OwnActivations = first && watched is not null ? watched.Activations : 0,
            Children =
            [
                .. module
                    .named_children()
                    .Select(child =>
                        Row(name.Length == 0 ? child.name : $"{name}.{child.name}", child.module, calls, counted)
                    ),
            ],
        };
    }

    private static Tensor Watch(Dictionary<nn.Module, Calls> calls, nn.Module module, Tensor input, Tensor output)
    {
        var before = calls.GetValueOrDefault(module) ?? new Calls([], 0, 0);
        var elements = output.numel();
        // Each output element of a convolution is one product of the filter with a patch; of a linear layer, one with the input.
        var (multiplyAdds, activations) = module switch
        {
            Convolution convolution => (
                elements * (convolution.weight!.numel() / convolution.weight.shape[0]),
                elements
            ),
            Linear linear => (elements * linear.weight!.shape[1], 0L),
            IMultiplies layer => (layer.MultiplyAdds(input.shape), 0L),
            _ => (0L, 0L),
        };
        calls[module] = new Calls(
            output.shape[1..],
            before.MultiplyAdds + multiplyAdds,
            before.Activations + activations
        );
        return output;
    }

    private sealed record Calls(long[] OutputShape, long MultiplyAdds, long Activations);
}
