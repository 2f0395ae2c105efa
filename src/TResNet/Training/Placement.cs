using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Where a network's inputs have to be: on its device, in its element type.</summary>
internal sealed record Placement(Device Device, ScalarType Type)
{
    /// <summary>The placement of a network's first parameter; the CPU and float32 for one that has none.</summary>
    public static Placement Of(nn.Module model)
    {
        var first = model.parameters().FirstOrDefault();
        return first is null ? new(CPU, ScalarType.Float32) : new(first.device, first.dtype);
    }

    /// <summary>Images in the network's type and labels, both on its device.</summary>
    public (Tensor Images, Tensor Labels) Move((Tensor Images, Tensor Labels) batch) =>
        (batch.Images.to(Type, Device), batch.Labels.to(Device));
}
