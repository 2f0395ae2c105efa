using TorchSharp;
using TorchSharp.Interop;
using TResNet.Layers;
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
    private static readonly Operator MultiplyOp = new("aten::_foreach_mul_", "Scalar");
    private static readonly Operator UnscaleOp = new("aten::_amp_foreach_non_finite_check_and_unscale_");

    private static readonly Operator AbnOp = new("tresnet::inplace_abn");
    private static readonly Operator AbnInPlaceOp = new("tresnet::inplace_abn_");

    private static readonly Operator ProductOp = new("aten::mul", "Tensor", again: true);
    private static readonly Operator JoinedOp = new("aten::cat", again: true);
    private static readonly Operator AddReluOp = new("tresnet::add_relu");
    private static readonly Operator AddReluInPlaceOp = new("tresnet::add_relu_");
    private static readonly Operator BatchNormActOp = new("tresnet::batch_norm_act");

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

    /// <summary>
    /// Gives the memory of freed tensors on the CPU back to the system. Otherwise it waits for the tensors of the next step, up to a quarter of the
    /// memory that the machine or its container has.
    /// </summary>
    public static void ReleaseMemory() => NativeMethods.tb_release_memory();

    /// <summary>
    /// Whether a CPU may compute convolutions of 3x3 in float32 by Winograd's algorithm (arXiv 1509.09308), forward and backward; true at first. It
    /// takes half the time of the direct one where it is chosen, and its error is within 1e-5 of a map's largest value, wherever that is: a single value
    /// far larger than all others costs its neighbours digits, and one that is not finite spreads over its tile of 6x6. Set it to false for
    /// convolutions as PyTorch's; networks that are optimised afterwards have none either.
    /// </summary>
    public static bool Winograd
    {
        get => NativeMethods.tb_winograd() != 0;
        set => NativeMethods.tb_set_winograd(value ? 1 : 0);
    }

    /// <summary>
    /// What tensors on the CPU have of the system's memory: the bytes of large ones and of what waits for the next, and how many of them wait.
    /// </summary>
    internal static (long Taken, long Waiting) Memory
    {
        get
        {
            NativeMethods.tb_memory(out var taken, out var waiting);
            return (taken, waiting);
        }
    }

    /// <summary>Whether what this thread computes is written down as TorchScript: standard operators are wanted.</summary>
    internal static bool IsTracing => NativeMethods.tb_is_tracing() != 0;

    /// <summary>
    /// The network as a program for inference on inputs like the example: traced, its normalisations folded into its convolutions, activations,
    /// sums and gates joined with what makes their input, weights and feature maps in the order that is quickest on this machine.
    /// </summary>
    /// <remarks>
    /// It takes some seconds, as it tries the ways to compute each convolution. On a CPU with Debian's libtorch it runs as a plan of oneDNN's
    /// primitives; elsewhere as frozen TorchScript. In float32 results differ from the network's by less than 1e-4 of their largest, which is checked on the
    /// example. A network with weights that are not finite is refused; of an input that is not finite, the result may be finite. An input of another size is optimised for when it first comes, which needs the network as it was.
    /// </remarks>
    /// <param name="model">Maps one tensor to one tensor, by the same operators whatever the values. Not changed; its mode does not matter.</param>
    /// <param name="example">An input, [N, C, H, W] in float32, on the model's device; a batch as large as the ones to come.</param>
    /// <param name="precision">What it computes in: null or float32, or, on a CPU, bfloat16. Inputs and results are float32.</param>
    /// <param name="cancel">Honoured between two of the things that it tries.</param>
    /// <exception cref="TResNetException">The model cannot be traced, does not take the example, or the precision is not to be had.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <example><code>
    /// using var fast = Backend.Optimize(network, images);
    /// var logits = fast.call(images);
    /// fast.Save("network.pt"); // for Python's torch.jit.load: any number of images of that height and width
    /// </code></example>
    public static OptimizedModule Optimize(
        nn.Module<Tensor, Tensor> model,
        Tensor example,
        ScalarType? precision = null,
        CancellationToken cancel = default
    ) => new TracedModule(model, example, precision ?? ScalarType.Float32, cancel);

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

    /// <summary>
    /// Until disposed, convolutions and matrix products on this thread run in a smaller type, and what needs the range of float32 stays in it.
    /// Weights stay as they are; they are cast once in the outermost scope. Scopes nest; the last one is disposed first, by its thread.
    /// </summary>
    /// <param name="device">The device whose operators it concerns: the CPU, or a GPU.</param>
    /// <param name="type">bfloat16; on a GPU float16 too; null to run in float32 inside a scope that does not.</param>
    /// <example><code>
    /// using (Backend.Autocast(CUDA, ScalarType.BFloat16))
    /// {
    ///     logits = network.call(images);
    /// }
    /// </code></example>
    /// <exception cref="TResNetException">The device does not compute in this type.</exception>
    public static IDisposable Autocast(Device device, ScalarType? type)
    {
        AutocastSupport.Require(device, type);
        return new AutocastScope(device, type);
    }

    /// <summary>Multiplies gradients in place.</summary>
    /// <param name="gradients">All on one device; at least one.</param>
    /// <param name="factor">Usually 1 / the scale of the loss.</param>
    /// <returns>Whether all of them are finite.</returns>
    internal static bool Unscale(Tensor[] gradients, double factor)
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

        MultiplyOp.CallVoid(gradients, factor);
        return gradients.All(gradient => gradient.isfinite().all().ToBoolean());
    }

    /// <summary>
    /// In-place ABN (arXiv 1712.02616): in training, backward gets the result, the statistics and the parameters, and no other tensor of the
    /// input's size. In evaluation, one pass.
    /// </summary>
    /// <param name="x">[N, C, ...] in float32, float64 or bfloat16.</param>
    /// <param name="parts">Parameters and running statistics; the latter change in training.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="training">Whether to use the batch's statistics.</param>
    /// <param name="inPlace">Whether the result may take the input's place.</param>
    /// <returns>Null where it has to be batch normalisation and activation: on a GPU, with activations that cannot be inverted, and where
    /// evaluation needs gradients or is traced, since standard operators are wanted then.</returns>
    internal static Tensor? InPlaceAbn(Tensor x, AbnParts parts, Activation activation, bool training, bool inPlace)
    {
        var name = activation switch
        {
            { Kind: ActivationKind.Identity } => "identity",
            { Kind: ActivationKind.LeakyReLU, Slope: > 0 } => "leaky_relu",
            { Kind: ActivationKind.ELU } => "elu",
            _ => null,
        };
        var computes = x.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;
        if (name is null || !computes || x.device_type != DeviceType.CPU)
        {
            return null;
        }

        if (!training && (is_grad_enabled() || IsTracing))
        {
            return null;
        }

        var replaces = inPlace && !(x.requires_grad && x.is_leaf);
        return (replaces ? AbnInPlaceOp : AbnOp).Call(
            x,
            parts.Weight,
            parts.Bias,
            parts.RunningMean,
            parts.RunningVariance,
            training,
            parts.Momentum,
            parts.Epsilon,
            parts.WeightEpsilon,
            name,
            activation.Slope
        );
    }

    /// <summary>
    /// Batch normalisation and the activation behind it, as one operator: fewer passes over the map, and in training the same bytes kept for
    /// backward as by batch normalisation alone.
    /// </summary>
    /// <param name="x">[N, C, ...] in float32, float64 or bfloat16.</param>
    /// <param name="parts">Parameters, of which the weight counts as it is, and running statistics, which change in training.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="training">Whether to use the batch's statistics.</param>
    /// <returns>Null where it has to be two operators: on a GPU, with other activations, one value a channel in training, and where evaluation
    /// needs gradients or is traced.</returns>
    internal static Tensor? BatchNormAct(Tensor x, AbnParts parts, Activation activation, bool training)
    {
        var name = activation.Kind switch
        {
            ActivationKind.Identity => "identity",
            ActivationKind.ReLU => "relu",
            ActivationKind.LeakyReLU => "leaky_relu",
            _ => null,
        };
        var computes =
            x.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16
            && x.dim() >= 2
            && x.numel() > (training ? x.shape[1] : 0)
            && (training || !is_grad_enabled());
        if (name is null || !computes || x.device_type != DeviceType.CPU || IsTracing)
        {
            return null;
        }

        return BatchNormActOp.Call(
            x,
            parts.Weight,
            parts.Bias,
            parts.RunningMean,
            parts.RunningVariance,
            training,
            parts.Momentum,
            parts.Epsilon,
            name,
            activation.Slope
        );
    }

    /// <summary>x * y, made again in backward from x and y where a later layer needs it.</summary>
    internal static Tensor Product(Tensor x, Tensor y) => ProductOp.Call(x, y);

    /// <summary>The tensors put together, again in backward where a later layer needs the result.</summary>
    internal static Tensor Joined(Tensor[] parts, long dimension) => JoinedOp.Call(parts, dimension);

    /// <summary>
    /// max(x + shortcut, 0). On a CPU, backward makes it again from its terms if those are kept, as results of in-place ABN are, unless the shortcut
    /// is itself made again.
    /// </summary>
    internal static Tensor AddReLU(Tensor x, Tensor shortcut)
    {
        if (x.device_type == DeviceType.CPU && !IsTracing)
        {
            return AddReluOp.Call(x, shortcut);
        }

        using var sum = x + shortcut;
        return sum.relu_();
    }

    /// <summary>max(x + shortcut, 0) in the place of x, in one pass on a CPU; x must not be used afterwards.</summary>
    internal static Tensor AddReLUInPlace(Tensor x, Tensor shortcut)
    {
        using (x)
        {
            if (x.device_type == DeviceType.CPU && x.dtype == shortcut.dtype && !IsTracing)
            {
                return AddReluInPlaceOp.Call(x, shortcut);
            }

            using var sum = x.add_(shortcut);
            return sum.relu_();
        }
    }

    /// <summary>Bytes of the tensors that a forward keeps for its backward, each storage once.</summary>
    /// <param name="forward">Runs it; its result is disposed.</param>
    /// <param name="excluded">Tensors that do not count, such as parameters.</param>
    internal static long BytesKept(Func<Tensor> forward, IEnumerable<Tensor> excluded) =>
        SavedTensors.Count(forward, [.. excluded]);

    /// <summary>Gives the GPU memory back that its allocator keeps for later; nothing on a CPU.</summary>
    internal static void ReleaseCachedMemory() =>
        NativeMethods.Check(NativeMethods.tb_cuda_empty_cache(), nameof(ReleaseCachedMemory));

    /// <summary>The values of a contiguous float32 tensor on the CPU: not a copy. The tensor has to outlive the use of them.</summary>
    internal static Span<float> Floats(Tensor values) => values.HostMemory<float>();

    private sealed class AutocastScope : IDisposable
    {
        private const int Off = -1;
        private readonly int thread = Environment.CurrentManagedThreadId;
        private nint before;

        internal AutocastScope(Device device, ScalarType? type) =>
            NativeMethods.Check(
                NativeMethods.tb_autocast_enter((int)device.type, type is { } t ? (int)t : Off, out before),
                nameof(Autocast)
            );

        public void Dispose()
        {
            if (thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException(
                    "Autocast was left on another thread than it was entered on: do not await inside it."
                );
            }

            var state = Interlocked.Exchange(ref before, 0);
            if (state != 0)
            {
                NativeMethods.Check(NativeMethods.tb_autocast_leave(state), nameof(Autocast));
            }
        }
    }
}
