using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// A step of stochastic gradient descent with momentum in one pass over parameters, gradients and velocities, where libtorch's operators make five: for a
/// network of 25 million parameters a twentieth of a training step.
/// </summary>
internal static class SgdStep
{
    /// <summary>Whether the kernel takes a parameter with its gradient.</summary>
    public static bool Takes(Tensor parameter, Tensor gradient) =>
        NativeKernels.Available
        && parameter.dtype is ScalarType.Float32 or ScalarType.Float64
        && gradient.dtype == parameter.dtype
        && parameter.device_type == TorchSharp.DeviceType.CPU
        && gradient.device_type == TorchSharp.DeviceType.CPU
        && !gradient.is_sparse
        && IsDense(parameter);

    /// <summary>Changes parameters and velocities in place, of one type and in pairs of one order of elements (<see cref="InOrderOf"/>).</summary>
    public static void Run(Tensor[] parameters, Tensor[] gradients, Tensor[] velocities, in SgdOptions options)
    {
        if (parameters.Length == 0)
        {
            return;
        }

        NativeKernels.Enter();
        var status = NativeKernels.tresnet_sgd(
            KernelTypes.Of(parameters[0].dtype),
            parameters.Length,
            Array.ConvertAll(parameters, TensorMemory.Address),
            Array.ConvertAll(gradients, TensorMemory.Address),
            Array.ConvertAll(velocities, TensorMemory.Address),
            Array.ConvertAll(parameters, parameter => parameter.numel()),
            options
        );
        NativeKernels.Check(status, "a step of SGD");
        foreach (var parameter in parameters)
        {
            Versions.Bump(parameter);
        }
    }

    /// <summary>The values in the parameter's order of elements: the tensor itself, or else a copy.</summary>
    public static Tensor InOrderOf(Tensor parameter, Tensor values)
    {
        if (values.stride().AsSpan().SequenceEqual(parameter.stride()))
        {
            return values;
        }

        var ordered = empty_like(parameter).detach();
        ordered.copy_(values);
        return ordered;
    }

    private static bool IsDense(Tensor parameter) =>
        parameter.dim() < 2 ? parameter.is_contiguous() : FeatureMaps.IsDense(parameter);
}
