using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Tells whether a network's tensors are those of before.</summary>
internal static class WeightVersions
{
    private static readonly Operator Version = new("aten::_version");
    private static readonly Operator IsInference = new("aten::is_inference");

    /// <summary>A number that is another one when a parameter or buffer was written to or replaced: every operator that writes to a tensor counts it up.</summary>
    internal static long Of(params IEnumerable<nn.Module> models)
    {
        var sum = 17L;
        foreach (var tensor in models.SelectMany(model => model.parameters().Concat(model.buffers())))
        {
            // Those that were made in inference mode do not count.
            var version = IsInference.CallInteger(tensor) == 0 ? Version.CallInteger(tensor) : 0;
            sum = unchecked((((sum * 31) + tensor.Handle) * 31) + version);
        }

        return sum;
    }
}
