using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>Batch normalisation with its activation as one operator, against libtorch's two, whatever the layout and the shape.</summary>
public sealed class BatchNormActTests
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;
    private static readonly Operator Contiguous = new("aten::contiguous");

    public static TheoryData<string, double> Activations =>
        new()
        {
            { "identity", 0 },
            { "relu", 0 },
            { "leaky_relu", 0.001 },
            { "leaky_relu", 1.5 },
        };

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_float64_results_and_gradients_are_those_of_the_two_operators(string activation, double slope) =>
        CheckMany(activation, slope, float64, 1e-9);

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_float32_they_are_within_1e_4(string activation, double slope) =>
        CheckMany(activation, slope, float32, 1e-4);

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_bfloat16_they_differ_by_its_digits(string activation, double slope) =>
        CheckMany(activation, slope, bfloat16, 0.06);

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var x = randn([3, 4, 5, 5], float64);
        var weight = rand(4, float64) + 0.5;
        double Penalty(Func<Tensor, Tensor, Tensor, Tensor> layer, out Tensor gradient)
        {
            var input = x.clone().requires_grad_();
            var gamma = weight.clone().requires_grad_();
            var loss = layer(input, gamma, zeros(4, float64)).pow(3).sum();
            var penalty = autograd.grad([loss], [input], retain_graph: true, create_graph: true)[0].pow(2).sum();
            penalty.backward();
            gradient = cat([input.grad!.flatten(), gamma.grad!]);
            return penalty.item<double>();
        }

        var ours = Penalty((i, g, b) => Call(i, g, b, null, null, "relu", 0), out var gradient);
        var theirs = Penalty((i, g, b) => Composed(i, g, b, null, null, "relu", 0), out var expected);
        Assert.Equal(theirs, ours, 1e-8 * Math.Abs(theirs));
        Assert.True(Off(gradient, expected) < 1e-8);
    }

    [Fact]
    public void Backward_keeps_the_input_and_no_other_map()
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = (ones(4).requires_grad_(), zeros(4).requires_grad_());
        var kept = HostMemory.BytesKept(() => Call(randn([2, 4, 512, 512]), weight, bias, null, null, "relu", 0));
        // With the result, which the test holds.
        const int map = 2 * 4 * 512 * 512 * sizeof(float);
        const int rest = map / 8; // what the rest of the process takes and frees meanwhile
        Assert.InRange(kept, (2 * map) - rest, (2 * map) + rest);
    }

    [Fact]
    public void The_same_step_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var x = Ordered(randn([4, 32, 40, 40]), 2);
        float[] Bits()
        {
            var input = x.clone().requires_grad_();
            Call(input, ones(32), zeros(32), null, null, "relu", 0).pow(2).sum().backward();
            return input.grad!.flatten().data<float>().ToArray();
        }

        Assert.Equal(Bits(), Bits());
    }

    [Fact]
    public void What_it_does_not_take_is_left_to_two_operators()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]);
        Assert.Null(Try(x, ones(3), zeros(3), null, null, "elu", 0));
        Assert.Null(Try(x, ones(2), zeros(3), null, null, "relu", 0));
        Assert.Null(Try(x[..1, .., ..1, ..1], ones(3), zeros(3), null, null, "relu", 0));
        Assert.Null(Try(x, ones(3), zeros(3), null, null, "relu", 0, training: false));
        Assert.Null(Try(x.alias().requires_grad_(), ones(3), zeros(3), zeros(3), ones(3), "relu", 0, training: false));
        Assert.Null(Try(x.to(int32), ones(3), zeros(3), null, null, "relu", 0));
    }

    private static void CheckMany(string activation, double slope, ScalarType type, double tolerance)
    {
        manual_seed(7);
        long[][] shapes =
        [
            [2, 3, 5, 7],
            [8, 64, 6, 6],
            [5, 17],
            [3, 4, 9],
            [1, 130, 16, 20],
        ];
        foreach (var shape in shapes)
        {
            foreach (var order in shape.Length == 4 ? new[] { 0, 2 } : [0])
            {
                Check(Ordered((randn(shape, float64) * 2) + 3, order), activation, slope, type, tolerance);
            }
        }
    }

    private static void Check(Tensor values, string activation, double slope, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var channels = values.shape[1];
        var weight = randn(channels, float64);
        var bias = randn(channels, float64);
        weight[0].fill_(0);
        var parameters = type == float64 ? float64 : float32;
        var seed = randn_like(values).to(type).to(float64);
        var given = values.to(type);
        var (x, w, b) = (Leaf(given), Leaf(weight.to(parameters)), Leaf(bias.to(parameters)));
        var (mean, variance) = (zeros(channels, parameters), ones(channels, parameters));
        var ours = Call(x, w, b, mean, variance, activation, slope);
        Assert.Equal(given.stride(), ours.stride());
        ours.backward([seed.to(type)]);

        var (x2, w2, b2) = (Leaf(given.to(float64)), Leaf(w.detach().to(float64)), Leaf(b.detach().to(float64)));
        var (mean2, variance2) = (zeros(channels, float64), ones(channels, float64));
        var theirs = Composed(x2, w2, b2, mean2, variance2, activation, slope);
        theirs.backward([seed]);
        var what = $"[{string.Join(", ", values.shape)}] {activation} {slope} {type}";
        foreach (
            var (name, mine, other) in new[]
            {
                ("result", ours, theirs),
                ("input", x.grad!, x2.grad!),
                ("weight", w.grad!, w2.grad!),
                ("bias", b.grad!, b2.grad!),
                ("running mean", mean, mean2),
                ("running variance", variance, variance2),
            }
        )
        {
            var off = Off(mine.detach(), other.detach());
            Assert.True(off <= tolerance, $"{what}: the {name} is off by {off}");
        }

        // In evaluation, by the statistics that the step left.
        using var _ = no_grad();
        var evaluated = Call(x, w, b, mean, variance, activation, slope, training: false);
        Assert.Equal(given.stride(), evaluated.stride());
        var expected = Composed(x2, w2, b2, mean.to(float64), variance.to(float64), activation, slope, training: false);
        Assert.InRange(Off(evaluated, expected), 0, tolerance);
    }

    private static Tensor Leaf(Tensor tensor) => tensor.detach().clone().requires_grad_();

    // Of the largest value.
    private static double Off(Tensor ours, Tensor theirs) =>
        ((ours.to(float64) - theirs).abs().max() / theirs.abs().max().clamp(min: 1)).item<double>();

    private static Tensor Ordered(Tensor tensor, int order) => Contiguous.Call(tensor, (long)order);

    private static Tensor Call(
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor? mean,
        Tensor? variance,
        string activation,
        double slope,
        bool training = true
    ) =>
        Try(x, weight, bias, mean, variance, activation, slope, training)
        ?? throw new InvalidOperationException(NativeKernels.WhyNot ?? "It was left to two operators.");

    private static Tensor? Try(
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor? mean,
        Tensor? variance,
        string activation,
        double slope,
        bool training = true
    ) =>
        BatchNormAct.Apply(
            x,
            new NormParts(weight, bias, mean, variance, Momentum, Epsilon),
            activation switch
            {
                "identity" => KernelActivation.Identity,
                "relu" => KernelActivation.ReLU,
                "elu" => KernelActivation.ELU,
                _ => KernelActivation.LeakyReLU,
            },
            slope,
            training
        );

    private static Tensor Composed(
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor? mean,
        Tensor? variance,
        string activation,
        double slope,
        bool training = true
    )
    {
        var y = nn.functional.batch_norm(x, mean, variance, weight, bias, training, Momentum, Epsilon);
        return activation switch
        {
            "relu" => y.relu(),
            "leaky_relu" => nn.functional.leaky_relu(y, slope),
            _ => y,
        };
    }
}
