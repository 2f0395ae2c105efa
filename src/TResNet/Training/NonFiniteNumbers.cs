using System.Globalization;
using TorchSharp;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Finds where numbers stop being numbers.</summary>
internal static class NonFiniteNumbers
{
    /// <summary>Why a run whose loss is no number any more stops, before that reaches the weights.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="rate">The learning rate of the step.</param>
    /// <param name="layer">What <see cref="FirstLayer"/> found.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="steps">All steps of the run; null where that is not known.</param>
    /// <param name="learningRate">The highest learning rate of the run.</param>
    public static TResNetException Refusal(
        double loss,
        double rate,
        string? layer,
        int step,
        int? steps,
        double learningRate
    )
    {
        var place = layer is null ? "" : $"; {layer} is the first layer that gives no finite numbers";
        var total = steps is null ? "" : $" of {steps}";
        return new TResNetException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The loss became {loss} at step {step}{total}, where the learning rate was {rate:G3}{place}; train again with a learning rate below {learningRate}."
            )
        );
    }

    /// <summary>
    /// The path of the first layer, in the order of the computation, that makes something infinite or undefined of something finite; null where
    /// none does, so that the loss itself is to blame. The network's buffers are as before afterwards.
    /// </summary>
    /// <param name="model">The network, in the mode in which the trouble came up.</param>
    /// <param name="images">The batch, placed as the network takes it.</param>
    public static string? FirstLayer(nn.Module<Tensor, Tensor> model, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // Of several processes, it may be this one alone that has trouble.
        using var alone = SharedStatistics.Suspend();
        if (!IsFinite(images))
        {
            return "the images";
        }

        var buffers = model.named_buffers().Select(b => (Live: b.buffer, Before: b.buffer.clone())).ToArray();
        string? found = null;
        var hooks = model
            .named_modules()
            .Where(m => !m.module.named_children().Any())
            .Select(m =>
                (m.module as nn.Module<Tensor, Tensor>)?.register_forward_hook(
                    (_, _, output) =>
                    {
                        found ??= IsFinite(output) ? null : m.name;
                        return output;
                    }
                )
            )
            .ToArray();
        try
        {
            model.call(images);
        }
        finally
        {
            foreach (var hook in hooks)
            {
                hook?.remove();
            }

            foreach (var (live, before) in buffers)
            {
                live.copy_(before);
            }
        }

        return found;
    }

    private static bool IsFinite(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.isfinite().all().ToBoolean();
    }
}
