using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>Feature maps [N, C, ...] as the native kernels take them: dense, in the order of planes or channels-last.</summary>
internal static class FeatureMaps
{
    /// <summary>Whether kernels take it: on the CPU, in a type that they have, with an element and two dimensions at least.</summary>
    public static bool Take(Tensor x) =>
        x.device_type == TorchSharp.DeviceType.CPU && KernelTypes.Has(x.dtype) && x.dim() >= 2 && x.numel() > 0;

    /// <summary>Whether it is a value for each channel.</summary>
    public static bool IsVector(Tensor? values, long channels) =>
        values is null
        || (
            values.dim() == 1
            && values.numel() == channels
            && values.is_contiguous()
            && values.device_type == TorchSharp.DeviceType.CPU
            && KernelTypes.Has(values.dtype)
        );

    /// <summary>Whether its elements lie in one of the two orders without gaps.</summary>
    public static bool IsDense(Tensor x) => OrderOf(x.shape, x.stride()) is not null;

    /// <summary>The tensor itself where it is dense, or else a copy, which belongs to the current dispose scope.</summary>
    public static Tensor Dense(Tensor x) => IsDense(x) ? x : x.contiguous();

    /// <summary>The tensor itself where its elements lie in the other's order, or else a copy that has it, in the current dispose scope.</summary>
    public static Tensor DenseAs(Tensor like, Tensor x)
    {
        var order = like.stride();
        if (x.dtype == like.dtype && HasOrder(x, OrderOf(like.shape, order) == true))
        {
            return x;
        }

        var copy = empty_like(like);
        copy.copy_(x);
        return copy;
    }

    /// <summary>Of a dense tensor, which has to outlive it.</summary>
    public static KernelMap Of(Tensor x)
    {
        var shape = x.shape;
        var (images, channels) = (shape[0], shape[1]);
        return new()
        {
            Data = TensorMemory.Address(x),
            Images = images,
            Channels = channels,
            Pixels = x.numel() / (images * channels),
            Type = KernelTypes.Of(x.dtype),
            ChannelsLast = OrderOf(shape, x.stride()) == true ? 1 : 0,
        };
    }

    /// <summary>Whether a dense tensor is in channels-last order; what is dense in both orders is not.</summary>
    public static bool IsChannelsLast(Tensor x) => OrderOf(x.shape, x.stride()) == true;

    private static bool HasOrder(Tensor x, bool channelsLast)
    {
        var (shape, strides) = (x.shape, x.stride());
        return channelsLast ? Follows(shape, strides, LastOrder(shape.Length)) : Follows(shape, strides, null);
    }

    // Null where there are gaps, true for channels-last alone.
    private static bool? OrderOf(long[] shape, long[] strides) =>
        Follows(shape, strides, null) ? false
        : shape.Length > 2 && Follows(shape, strides, LastOrder(shape.Length)) ? true
        : null;

    // Dimensions from the fastest on: C, W, H, N.
    private static int[] LastOrder(int dimensions) =>
        dimensions == 4 ? [1, 3, 2, 0] : [1, .. Enumerable.Range(2, dimensions - 2).Reverse(), 0];

    private static bool Follows(long[] shape, long[] strides, int[]? order)
    {
        var step = 1L;
        for (var i = 0; i < shape.Length; i++)
        {
            var dimension = order is null ? shape.Length - 1 - i : order[i];
            if (shape[dimension] != 1)
            {
                if (strides[dimension] != step)
                {
                    return false;
                }

                step *= shape[dimension];
            }
        }

        return true;
    }
}
