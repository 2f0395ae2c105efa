using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet;

/// <summary>
/// What the project needs and TorchSharp 0.107 does not have, each thing once. This is the side of the TorchSharp packages
/// (<c>-p:TorchPackage=true</c>); the other file is that of src/LibTorch.
/// </summary>
public static class Backend
{
    /// <summary>Which library runs the operators.</summary>
    public static string Name => $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The file it is loaded from.</summary>
    public static string Location => typeof(torch).Assembly.Location;

    /// <summary>How many threads an operator uses; at first, the number of processors.</summary>
    public static int Threads
    {
        get => get_num_threads();
        set => set_num_threads(value);
    }

    /// <summary>Tensors of the process that are neither disposed nor collected.</summary>
    public static long LiveTensors => Tensor.TotalCount;

    /// <summary>TorchSharp keeps no memory of freed tensors on the CPU.</summary>
    public static void ReleaseMemory() { }

    /// <summary>Nothing to choose here: TorchSharp's convolutions are libtorch's own.</summary>
    public static bool Winograd { get; set; }

    /// <summary>TorchSharp does not say what tensors have of the system's memory.</summary>
    internal static (long Taken, long Waiting) Memory => (0, 0);

    /// <summary>TorchSharp's packages cannot trace.</summary>
    internal static bool IsTracing => false;

    /// <summary>TorchSharp's packages cannot trace a module, so there is nothing to optimise.</summary>
    /// <exception cref="TResNetException">Always.</exception>
    public static OptimizedModule Optimize(
        nn.Module<Tensor, Tensor> model,
        Tensor example,
        ScalarType? precision = null,
        CancellationToken cancel = default
    ) =>
        throw new TResNetException(
            "TorchSharp's packages cannot trace a network: build without -p:TorchPackage=true to optimise it."
        );

    /// <summary>The images in channels-last order (NHWC in memory, [N, C, H, W] to look at).</summary>
    /// <param name="images">[N, C, H, W].</param>
    public static Tensor ToChannelsLast(Tensor images)
    {
        using var rows = images.permute(0, 2, 3, 1);
        using var ordered = rows.contiguous();
        return ordered.permute(0, 3, 1, 2);
    }

    /// <summary>TorchSharp cannot reorder a parameter in place, so weights stay as they are: convolutions reorder them on the way.</summary>
    public static void ToChannelsLast(nn.Module module) { }

    /// <summary>TorchSharp has no autocast: float32, which is null, is all there is.</summary>
    /// <param name="device">The device whose operators it concerns.</param>
    /// <param name="type">Null.</param>
    /// <exception cref="TResNetException">Another type was asked for.</exception>
    public static IDisposable Autocast(Device device, ScalarType? type)
    {
        AutocastSupport.Require(device, type);
        return type is null
            ? NoScope.Instance
            : throw new TResNetException(
                $"The TorchSharp packages have no autocast, so there is no {type}; use float32, or build without -p:TorchPackage=true."
            );
    }

    /// <summary>Nothing: TorchSharp does not reach the allocator, which gives back what it keeps before it refuses memory.</summary>
    internal static void ReleaseCachedMemory() { }

    /// <summary>Multiplies gradients in place.</summary>
    /// <param name="gradients">All on one device; at least one.</param>
    /// <param name="factor">Usually 1 / the scale of the loss.</param>
    /// <returns>Whether all of them are finite.</returns>
    internal static bool Unscale(Tensor[] gradients, double factor)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var gradient in gradients)
        {
            gradient.mul_(factor);
        }

        return gradients.All(gradient => gradient.isfinite().all().ToBoolean());
    }

    /// <summary>TorchSharp has no such operator: batch normalisation and activation, which null asks for, do it.</summary>
    internal static Tensor? InPlaceAbn(Tensor x, AbnParts parts, Activation activation, bool training, bool inPlace) =>
        null;

    /// <summary>TorchSharp has no such operator.</summary>
    /// <returns>Null: it has to be two operators.</returns>
    internal static Tensor? BatchNormAct(Tensor x, AbnParts parts, Activation activation, bool training) => null;

    /// <summary>x * y.</summary>
    internal static Tensor Product(Tensor x, Tensor y) => x * y;

    /// <summary>The tensors put together.</summary>
    internal static Tensor Joined(Tensor[] parts, long dimension) => cat(parts, dimension);

    /// <summary>max(x + shortcut, 0).</summary>
    internal static Tensor AddReLU(Tensor x, Tensor shortcut)
    {
        using var sum = x + shortcut;
        return sum.relu_();
    }

    /// <summary>max(x + shortcut, 0) in the place of x, which must not be used afterwards.</summary>
    internal static Tensor AddReLUInPlace(Tensor x, Tensor shortcut)
    {
        using (x)
        {
            using var sum = x.add_(shortcut);
            return sum.relu_();
        }
    }

    /// <summary>TorchSharp does not show what autograd saves.</summary>
    /// <exception cref="TResNetException">Always.</exception>
    internal static long BytesKept(Func<Tensor> forward, IEnumerable<Tensor> excluded) =>
        throw new TResNetException(
            "The TorchSharp packages do not show what a forward keeps; build without -p:TorchPackage=true to count it."
        );

    private sealed class NoScope : IDisposable
    {
        internal static readonly NoScope Instance = new();

        public void Dispose() { }
    }

    /// <summary>The values of a contiguous float32 tensor on the CPU: not a copy. The tensor has to outlive the use of them.</summary>
    internal static Span<float> Floats(Tensor values) =>
        values.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(values.bytes);
}
