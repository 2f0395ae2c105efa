using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Makes what runs a network for one size, and compares it with the network.</summary>
internal static class RunnerFactory
{
    // Of the largest value of the result. float32 stays under 1e-4; more than this is another network.
    private const double Tolerance = 1e-3;
    private const double SmallTypeTolerance = 0.1;

    /// <summary>A runner; whoever called this holds it.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">An input of the size, with which it is compared.</param>
    /// <param name="type">What it may compute in.</param>
    /// <param name="calling">Held while modules of the network are called.</param>
    /// <param name="cancel">Honoured between two of the things that are tried.</param>
    internal static Runner Create(
        nn.Module<Tensor, Tensor> model,
        Tensor input,
        ScalarType type,
        Lock calling,
        CancellationToken cancel
    )
    {
        // What is made is used in any mode, which tensors of inference mode could not be.
        using var normal = inference_mode(false);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        using var exact = new Autocast(input.device, null);
        lock (calling)
        {
            var expected = Expected(model, input);
            var runner = Make(model, input, type, cancel);
            try
            {
                Compare(model.DisplayName(), runner.Run(input), expected, type);
                return runner;
            }
            catch
            {
                runner.Release();
                throw;
            }
        }
    }

    private static Runner Make(nn.Module<Tensor, Tensor> model, Tensor input, ScalarType type, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var graph = Graph.Of(model, input.shape);
        try
        {
            Passes.All(graph);
            string reason;
            if (input.device_type != DeviceType.CPU)
            {
                reason = "plans are a CPU's";
            }
            else if (!Plan.Available)
            {
                reason = NativeKernels.Available
                    ? "the library of kernels was built without oneDNN"
                    : "the library of kernels is not there";
            }
            else
            {
                try
                {
                    var plan = Plan.Quickest(graph, type == ScalarType.BFloat16, LiesChannelsLast(input), cancel);
                    return new PlanRunner(plan, graph);
                }
                catch (PlanException refused)
                {
                    reason = $"no plan: {refused.Message.TrimEnd('.')}";
                }
            }

            return new GraphRunner(graph, input.device, type, reason);
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    private static bool LiesChannelsLast(Tensor input) =>
        input.shape[1] > 1 && !input.is_contiguous() && input.stride(1) == 1;

    private static Tensor Expected(nn.Module<Tensor, Tensor> model, Tensor input)
    {
        var result = Called(model, input);
        if (result.dtype != ScalarType.Float32)
        {
            throw new TResNetException(
                $"{model.DisplayName()} gives {result.dtype}: a network that is optimised computes in float32."
            );
        }

        return float.IsFinite(result.abs().max().item<float>())
            ? result
            : throw new TResNetException(
                $"{model.DisplayName()} gives values that are not finite for the example it would be optimised with: look at its weights with torch.isfinite, and at the example."
            );
    }

    private static Tensor Called(nn.Module<Tensor, Tensor> model, Tensor input)
    {
        try
        {
            return Opaque.Evaluate(model, input);
        }
        catch (Exception refused) when (refused is ExternalException or InvalidOperationException or ArgumentException)
        {
            throw new TResNetException(
                $"{model.DisplayName()} does not take an input of [{string.Join(", ", input.shape)}] ({refused.Message.Split('\n')[0].TrimEnd('.')}).",
                refused
            );
        }
    }

    private static void Compare(string name, Tensor result, Tensor expected, ScalarType type)
    {
        if (!result.shape.AsSpan().SequenceEqual(expected.shape))
        {
            throw new TResNetException(
                $"{name} optimised gives [{string.Join(", ", result.shape)}] where the network gives [{string.Join(", ", expected.shape)}]: it cannot be used, call the network itself."
            );
        }

        var largest = expected.abs().max().item<float>();
        var off = (result - expected).abs().max().item<float>();
        var allowed = type == ScalarType.Float32 ? Tolerance : SmallTypeTolerance;
        if (!(off <= allowed * largest))
        {
            throw new TResNetException(
                $"{name} optimised differs from the network by {off:G3} where its results are up to {largest:G3}: it cannot be used, call the network itself."
            );
        }
    }
}
