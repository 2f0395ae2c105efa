using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>All gradients of a network at once, by libtorch's operators on lists.</summary>
internal static class Gradients
{
    private static readonly Operator UnscaleOp = new("aten::_amp_foreach_non_finite_check_and_unscale_");

    /// <summary>Multiplies gradients in place.</summary>
    /// <param name="gradients">All on one device; at least one.</param>
    /// <param name="factor">Usually 1 / the scale of the loss.</param>
    /// <returns>Whether all of them are finite.</returns>
    public static bool Unscale(Tensor[] gradients, double factor)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (gradients[0].device.type == DeviceType.CUDA)
        {
            // One pass over the gradients, and one wait for the device.
            var found = zeros([1], ScalarType.Float32, gradients[0].device);
            var inverse = full([1], factor, ScalarType.Float32, gradients[0].device);
            foreach (var alike in gradients.GroupBy(gradient => gradient.dtype))
            {
                UnscaleOp.CallVoid(alike.ToArray(), found, inverse);
            }

            return found.item<float>() == 0;
        }

        // Held to the end: a scalar that only a call mentions may be collected before libtorch has read it.
        using Scalar held = factor;
        foreach (var gradient in gradients)
        {
            gradient.mul_(held);
        }

        return gradients.All(gradient => gradient.isfinite().all().ToBoolean());
    }
}
