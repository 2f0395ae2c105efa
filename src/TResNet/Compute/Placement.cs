using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>How a network's inputs have to be: on its device, in its element type, in the memory order of its weights.</summary>
internal sealed record Placement(Device Device, ScalarType Type, bool ChannelsLast)
{
    /// <summary>The placement that a network's parameters show; the CPU, float32 and plain order for one that has none.</summary>
    public static Placement Of(nn.Module model)
    {
        if (model is IStandIn optimised)
        {
            // It has its weights in an order of its own and takes images in any.
            return Of(optimised.Source) with { ChannelsLast = false };
        }

        var parameters = model.parameters().ToList();
        // A filter of 1 x 1 or for one channel looks the same in both orders.
        var filter = parameters.Find(weight => weight.dim() == 4 && weight.shape[1] > 1 && weight.shape[3] > 1);
        return parameters.Count == 0
            ? new(CPU, ScalarType.Float32, false)
            : new(parameters[0].device, parameters[0].dtype, filter is not null && filter.stride()[1] == 1);
    }

    /// <summary>The memory order, as PyTorch names it.</summary>
    public string MemoryFormat => ChannelsLast ? "channels last" : "contiguous";

    /// <summary>Whether images come quicker from pinned memory.</summary>
    public bool Pins => Device.type == DeviceType.CUDA;

    /// <summary>
    /// Images as the network takes them. From pinned memory the copy may go on afterwards: the images have to last until a result was waited for.
    /// </summary>
    public Tensor Move(Tensor images)
    {
        var moved = images.to(Type, Device, non_blocking: true);
        return ChannelsLast ? Compute.MemoryFormat.ToChannelsLast(moved) : moved;
    }

    /// <summary>Images as the network takes them, and their labels on its device.</summary>
    public (Tensor Images, Tensor Labels) Move((Tensor Images, Tensor Labels) batch) =>
        (Move(batch.Images), batch.Labels.to(Device, non_blocking: true));
}
