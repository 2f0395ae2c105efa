using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TResNet;

/// <summary>
/// What the project needs and TorchSharp 0.107 does not have, each thing once. This is the side of src/LibTorch; the other file is that of the
/// TorchSharp packages.
/// </summary>
public static class Backend
{
    private const int ChannelsLast = 2;
    private static readonly Operator ContiguousOp = new("aten::contiguous");
    private static readonly Operator SetDataOp = new("aten::set_data");

    /// <summary>Which library runs the operators, such as <c>libtorch 1.13.0</c>.</summary>
    public static string Name => $"libtorch {RuntimeInfo.Version}";

    /// <summary>The file it is loaded from.</summary>
    public static string Location => RuntimeInfo.LibraryPath;

    /// <summary>How many threads an operator uses; at first, the number of processors.</summary>
    public static int Threads
    {
        get => get_num_threads();
        set => set_num_threads(value);
    }

    /// <summary>Tensors of the process that are neither disposed nor collected.</summary>
    public static long LiveTensors => Tensor.TotalCount;

    /// <summary>The images in channels-last order (NHWC in memory, [N, C, H, W] to look at), which oneDNN and tensor cores prefer.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>The same tensor where it is in that order already.</returns>
    public static Tensor ToChannelsLast(Tensor images) => ContiguousOp.Call(images, Arg.MemoryFormat(ChannelsLast));

    /// <summary>Puts the module's convolution weights into channels-last order, in place.</summary>
    public static void ToChannelsLast(nn.Module module)
    {
        using var _ = no_grad();
        foreach (var parameter in module.parameters())
        {
            if (parameter.dim() == 4)
            {
                using var reordered = ToChannelsLast(parameter);
                SetDataOp.CallVoid(parameter, reordered);
            }
        }
    }

    /// <summary>The values of a contiguous float32 tensor on the CPU: not a copy. The tensor has to outlive the use of them.</summary>
    internal static Span<float> Floats(Tensor values) => values.HostMemory<float>();
}
