using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// The order of a feature map's elements in memory. Channels-last (NHWC in memory, [N, C, H, W] to look at) is what oneDNN and tensor cores
/// prefer; TorchSharp has no <c>memory_format</c>.
/// </summary>
public static class MemoryFormat
{
    private const long Contiguous = 0;
    private const long ChannelsLast = 2;
    private static readonly Operator ContiguousOp = new("aten::contiguous");
    private static readonly Operator SetDataOp = new("aten::set_data");

    /// <summary>The images in channels-last order.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>A new tensor that shares the memory where it is in that order already.</returns>
    public static Tensor ToChannelsLast(Tensor images) => ContiguousOp.Call(images, ChannelsLast);

    /// <summary>Puts the module's convolution weights into channels-last order, in place.</summary>
    public static void ToChannelsLast(nn.Module module) => Reorder(module, ChannelsLast);

    /// <summary>Puts the module's convolution weights back into the order that their shape says, in place.</summary>
    public static void ToContiguous(nn.Module module) => Reorder(module, Contiguous);

    /// <summary>Puts a tensor into the order that its shape says, in place.</summary>
    /// <returns>What it was before, to give back to <see cref="Restore"/>; null where it was in that order already.</returns>
    internal static Tensor? ToContiguous(Tensor tensor)
    {
        if (tensor.is_contiguous())
        {
            return null;
        }

        var before = tensor.detach();
        using var reordered = ContiguousOp.Call(before, Contiguous);
        SetDataOp.CallVoid(tensor, reordered);
        return before;
    }

    /// <summary>Gives a tensor the memory of another with the same values.</summary>
    internal static void Restore(Tensor tensor, Tensor before) => SetDataOp.CallVoid(tensor, before);

    private static void Reorder(nn.Module module, long format)
    {
        using var _ = no_grad();
        foreach (var parameter in module.parameters())
        {
            if (parameter.dim() == 4)
            {
                using var reordered = ContiguousOp.Call(parameter, format);
                SetDataOp.CallVoid(parameter, reordered);
            }
        }
    }
}
