// What all convolution layers share: kernels, padding and initial values.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The base of convolution layers.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [Utils.ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [Utils.ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    private protected Convolution(
        string name,
        long in_channels,
        long out_channels,
        long[] kernel_size,
        long[] stride,
        long[]? padding,
        Padding? padding_type,
        long[] dilation,
        long groups,
        bool bias,
        PaddingModes padding_mode,
        Device? device,
        ScalarType? dtype
    )
        : base(name)
    {
        if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException(
                $"{name} cannot divide {in_channels} input and {out_channels} output channels into {groups} groups: both must be multiples of the number of groups."
            );
        }

        if (padding_type == Padding.Same && stride.Any(step => step != 1))
        {
            throw new ArgumentException($"{name} can only keep the size (Padding.Same) with stride 1.");
        }

        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.padding_type = padding_type;
        this.dilation = dilation;
        this.groups = groups;
        this.padding_mode = padding_mode;
        weight = new Parameter(
            torch.empty([out_channels, in_channels / groups, .. kernel_size], dtype: dtype, device: device)
        );
        if (bias)
        {
            this.bias = new Parameter(torch.empty([out_channels], dtype: dtype, device: device));
        }

        reset_parameters();
    }

    /// <summary>Channels of the input.</summary>
    public long in_channels { get; }

    /// <summary>Channels of the output.</summary>
    public long out_channels { get; }

    /// <summary>The kernel's size in pixels, one number per dimension.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>The step in pixels, one number per dimension.</summary>
    public long[] stride { get; set; }

    /// <summary>The padding in pixels at each side, one number per dimension; null when <see cref="padding_type"/> is set.</summary>
    public long[]? padding { get; }

    /// <summary>The padding as a rule, or null.</summary>
    public Padding? padding_type { get; }

    /// <summary>The distance of kernel elements in pixels, one number per dimension.</summary>
    public long[] dilation { get; set; }

    /// <summary>Into how many independent groups the channels are divided.</summary>
    public long groups { get; set; }

    /// <summary>What lies beyond the border.</summary>
    public PaddingModes padding_mode { get; set; }

    /// <summary>The kernels, [out_channels, in_channels / groups, ...].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => SetParameter(ref _weight, value, nameof(weight));
    }

    /// <summary>One value per output channel, [out_channels], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => SetParameter(ref _bias, value, nameof(bias));
    }

    /// <summary>Draws new initial values, PyTorch's: uniform within <c>1 / sqrt(fan in)</c>.</summary>
    public void reset_parameters() => UniformInFanIn(weight, bias);

    /// <summary>Both tensors uniform within 1 / sqrt(fan in), which for the weight is kaiming_uniform_ with a = sqrt 5.</summary>
    internal static void UniformInFanIn(Parameter weight, Parameter? bias)
    {
        nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));
        if (bias is not null)
        {
            (long fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
            double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
            nn.init.uniform_(bias, -bound, bound);
        }
    }

    /// <summary>What <c>functional.pad</c> takes to pad by this layer's rule: left, right, top, bottom.</summary>
    private protected long[] Border()
    {
        long[] border = new long[2 * kernel_size.Length];
        for (int i = 0; i < kernel_size.Length; i++)
        {
            int dimension = kernel_size.Length - 1 - i;
            long total = padding_type switch
            {
                null => 2 * padding![dimension],
                Padding.Same => dilation[dimension] * (kernel_size[dimension] - 1),
                _ => 0,
            };
            border[2 * i] = total / 2;
            border[2 * i + 1] = total - total / 2;
        }

        return border;
    }

    private protected override string Settings
    {
        get
        {
            string text = $"{in_channels}, {out_channels}, kernel_size={Tuple(kernel_size)}, stride={Tuple(stride)}";
            text += padding_type is { } rule
                ? $", padding={rule.ToString().ToLowerInvariant()}"
                : WhenNot(padding!, 0, "padding");
            text += WhenNot(dilation, 1, "dilation");
            text += groups == 1 ? "" : $", groups={groups}";
            text += bias is null ? ", bias=False" : "";
            return text
                + (
                    padding_mode == PaddingModes.Zeros
                        ? ""
                        : $", padding_mode={padding_mode.ToString().ToLowerInvariant()}"
                );
        }
    }

    private static string WhenNot(long[] values, long usual, string name) =>
        values.All(value => value == usual) ? "" : $", {name}={Tuple(values)}";

    private static string Tuple(long[] values) => $"({string.Join(", ", values)})";
}
