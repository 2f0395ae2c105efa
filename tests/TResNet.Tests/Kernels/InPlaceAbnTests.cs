using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>In-place ABN against batch normalisation and activation in float64, whatever the weights, the layout and the shape.</summary>
public sealed partial class InPlaceAbnTests
{
    private const double Epsilon = 1e-5;
    private static readonly Operator Contiguous = new("aten::contiguous");

    public static TheoryData<string, double> Activations =>
        new()
        {
            { "identity", 0 },
            { "leaky_relu", 0.001 },
            { "leaky_relu", 0.01 },
            { "leaky_relu", 1.5 },
            { "elu", 0 },
        };

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_float32_gradients_are_within_1e_4_of_batch_norm_and_activation(string activation, double slope) =>
        CheckMany(activation, slope, float32, 1e-4);

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_float64_gradients_are_those_of_batch_norm_and_activation(string activation, double slope) =>
        CheckMany(activation, slope, float64, 1e-9);

    [Theory]
    [MemberData(nameof(Activations))]
    public void In_bfloat16_gradients_differ_by_its_digits(string activation, double slope) =>
        CheckMany(activation, slope, bfloat16, 0.06);

    [Theory]
    [InlineData(0, 0.3, 1)]
    [InlineData(1e-7, 0.3, 1)]
    [InlineData(-1e-3, 0.9, 1)]
    [InlineData(1, 0.5, 0)]
    [InlineData(0, 0, 0)]
    public void Only_a_channel_that_would_lose_digits_keeps_its_input(double weight, double bias, int channelsKept)
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 4, 8, 8]);
        var weights = ones(4).requires_grad_();
        var biases = zeros(4);
        using (no_grad())
        {
            weights[1].fill_(weight);
            biases[1].fill_(bias);
        }

        // As the layer below hands it over: the node holds what it keeps as long as the result lives.
        using var result = Call(x * 1, weights, biases, null, null, Epsilon, "leaky_relu", 0.01, inPlace: true);
        Assert.Equal(channelsKept, InPlaceAbn.KeptChannels);
    }

    [Fact]
    public void The_result_takes_the_inputs_place_in_either_order()
    {
        using var scope = NewDisposeScope();
        foreach (var order in new[] { 0, 2 })
        {
            var x = Ordered(randn([2, 3, 4, 5]), order);
            x.requires_grad_();
            var input = x.mul(2);
            var before = Versions.Of(input);
            var result = Call(input, ones(3), zeros(3), null, null, null, "leaky_relu", 0.01, inPlace: true);
            Assert.True(input.allclose(result));
            Assert.Equal(before + 1, Versions.Of(input));
            Assert.Equal(x.stride(), result.stride());
            result.sum().backward();
            Assert.NotNull(x.grad);
        }
    }

    [Fact]
    public void Changing_the_result_before_backward_is_an_error_and_not_a_wrong_gradient()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]).requires_grad_();
        var result = Call(x * 2, ones(3), zeros(3), null, null, null, "identity", 0, inPlace: true);
        result.add_(1);
        var error = Assert.ThrowsAny<Exception>(() => result.sum().backward());
        Assert.Contains("modified by an inplace operation", error.Message);
    }

    [Fact]
    public void What_cannot_be_inverted_is_left_to_batch_normalisation()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]);
        Assert.Null(Try(x, ones(3), zeros(3), "relu", 0));
        Assert.Null(Try(x, ones(3), zeros(3), "leaky_relu", 0));
        Assert.Null(Try(x, ones(2), zeros(3), "elu", 0));
        Assert.Null(Try(x[..0], ones(3), zeros(3), "elu", 0));
        Assert.Null(Try(x.to(int32), ones(3), zeros(3), "elu", 0));
    }

    [Fact]
    public void A_leaf_is_not_taken_over()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3, 4, 5]).requires_grad_();
        var before = x.detach().clone();
        var result = Call(x, ones(3), zeros(3), null, null, null, "elu", 0, inPlace: true);
        Assert.True(x.equal(before).all().ToBoolean());
        var refused = Assert.ThrowsAny<Exception>(() => result.sum().backward(create_graph: true));
        Assert.Contains("second derivative", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void The_bits_do_not_depend_on_the_number_of_threads(string activation, double slope)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var (weight, bias) = (randn(24), randn(24));
        weight[3].zero_();
        var before = get_num_threads();
        try
        {
            foreach (var order in new[] { 0, 2 })
            {
                var (x, dz) = (Ordered(randn([6, 24, 33, 31]), order), randn([6, 24, 33, 31]));
                var passes = new[] { 1, 2, 3 }
                    .Select(threads =>
                    {
                        set_num_threads(threads);
                        return Run(x, dz, weight, bias, Epsilon, activation, slope, inPlace: true);
                    })
                    .ToArray();
                foreach (var other in passes[1..])
                {
                    Assert.True(passes[0].Result.equal(other.Result).all().ToBoolean());
                    Assert.True(passes[0].Dx.equal(other.Dx).all().ToBoolean());
                    Assert.True(passes[0].DWeight.equal(other.DWeight).all().ToBoolean());
                    Assert.True(passes[0].DBias.equal(other.DBias).all().ToBoolean());
                }
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void In_bfloat16_statistics_are_those_of_float32()
    {
        using var scope = NewDisposeScope();
        // bfloat16 cannot count beyond 256: sums in it would stop there.
        var x = (randn([4, 2, 40, 40]) + 3).to(bfloat16);
        var (mean, variance) = (zeros(2), zeros(2));
        var result = Call(x, ones(2), zeros(2), mean, variance, Epsilon, "identity", 0);
        Assert.Equal(bfloat16, result.dtype);
        Assert.Equal((float32, float32), (mean.dtype, variance.dtype));
        long[] others = [0, 2, 3];
        Assert.True((mean * 10).allclose(x.to(float64).mean(others).to(float32), 1e-5, 1e-6));
        Assert.True((variance * 10).allclose(x.to(float64).var(others).to(float32), 1e-4, 1e-6));
    }

    [Fact]
    public void Elu_has_all_digits_of_float32_wherever_its_input_is()
    {
        using var scope = NewDisposeScope();
        // In evaluation, with statistics that leave the input as it is.
        var x = cat([linspace(-88, 4, 4001), -(linspace(-20, 0, 2000).exp())]).reshape(1, 1, -1, 1);
        using var _ = no_grad();
        var parts = new NormParts(ones(1), zeros(1), zeros(1), ones(1), 0.1, 0);
        var result = InPlaceAbn.Apply(x, parts, KernelActivation.ELU, 0, training: false, inPlace: false)!;
        var expected = nn.functional.elu(x.to(float64), 1);
        var off = ((result.to(float64) - expected).abs() / expected.abs().clamp(min: 1e-30)).amax([0, 1, 2, 3]);
        Assert.InRange(off.item<double>(), 0, 3e-7);
    }

    private static void CheckMany(string activation, double slope, ScalarType type, double tolerance)
    {
        using var generator = new Generator(11);
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            using var scope = NewDisposeScope();
            var shape = Shape(random, i);
            var channels = shape[1];
            // Rounded once, so that the reference in float64 sees the same numbers.
            var x = (randn(shape, float64, generator: generator) * Math.Pow(10, random.Next(-1, 2))).to(type);
            x = Ordered(x + random.Next(-3, 4), i % 3 == 1 ? 2 : 0);
            var dz = randn(shape, float64, generator: generator).to(type);
            var parameters = type == float64 ? float64 : float32;
            var weight = Weights(random, channels).to(parameters);
            var bias = (randn([channels], float64, generator: generator) * Math.Pow(10, random.Next(-3, 2))).to(
                parameters
            );
            double? weightEpsilon = i % 2 == 0 ? Epsilon : null;
            var ours = Run(x, dz, weight, bias, weightEpsilon, activation, slope, inPlace: i % 4 < 2);
            var theirs = Reference(x, dz, weight, bias, weightEpsilon, activation, slope);
            var what = $"case {i}, [{string.Join(", ", shape)}] ";
            AssertClose(theirs.Result, ours.Result, null, tolerance, what + "result");
            AssertClose(theirs.Dx, ours.Dx, theirs.Size, tolerance, what + "dx");
            AssertClose(theirs.DBias, ours.DBias, theirs.Sum, tolerance, what + "d bias");
            AssertClose(theirs.DWeight, ours.DWeight, theirs.Sum, tolerance, what + "d weight");
            AssertClose(theirs.RunningMean, ours.RunningMean, null, tolerance, what + "running mean");
            AssertClose(theirs.RunningVar, ours.RunningVar, null, tolerance, what + "running variance");
        }
    }

    private static long[] Shape(Random random, int index) =>
        index switch
        {
            0 => [2, 3],
            1 => [2, 1, 1, 1],
            2 => [3, 5, 7],
            3 => [2, 4, 64, 67],
            4 => [2, 130, 9, 9],
            _ => [random.Next(2, 5), random.Next(1, 40), random.Next(1, 12), random.Next(1, 12)],
        };

    private static Tensor Weights(Random random, long channels)
    {
        double[] kinds = [0, 1e-12, -1e-7, 1e-5, -1e-3, 0.02, -0.4, 1, -1, 2.5, 30];
        var all = random.Next(3) == 0;
        var one = kinds[random.Next(kinds.Length)];
        return tensor(
            Enumerable.Range(0, (int)channels).Select(_ => all ? one : kinds[random.Next(kinds.Length)]).ToArray(),
            float64
        );
    }

    private static Passes Run(
        Tensor x,
        Tensor dz,
        Tensor weight,
        Tensor bias,
        double? weightEpsilon,
        string activation,
        double slope,
        bool inPlace
    )
    {
        var input = x.detach().clone().requires_grad_();
        var (w, b) = (weight.detach().clone().requires_grad_(), bias.detach().clone().requires_grad_());
        var (mean, variance) = (zeros_like(w), ones_like(w));
        // Not a leaf: what is computed in place has to have been computed.
        var owned = inPlace ? input.mul(1) : input;
        var z = Call(owned, w, b, mean, variance, weightEpsilon, activation, slope, inPlace);
        z.backward([dz]);
        return new Passes(z.detach(), input.grad!, w.grad!, b.grad!, mean, variance, w.detach(), b.detach());
    }

    private static (
        Tensor Result,
        Tensor Dx,
        Tensor DWeight,
        Tensor DBias,
        Tensor RunningMean,
        Tensor RunningVar,
        Tensor Size,
        Tensor Sum
    ) Reference(Tensor x, Tensor dz, Tensor weight, Tensor bias, double? weightEpsilon, string activation, double slope)
    {
        var input = x.detach().to(float64).clone().requires_grad_();
        var (w, b) = (weight.to(float64).clone().requires_grad_(), bias.to(float64).clone().requires_grad_());
        var (mean, variance) = (zeros_like(w).detach(), ones_like(w).detach());
        var scale = weightEpsilon is { } e ? w.where(w >= 0, -w) + e : w;
        var y = nn.functional.batch_norm(input, mean, variance, scale, b, training: true, 0.1, Epsilon);
        var z = activation switch
        {
            "identity" => y,
            "elu" => nn.functional.elu(y, 1),
            _ => nn.functional.leaky_relu(y, slope),
        };
        var gradient = dz.to(float64);
        var dy = autograd.grad([z], [y], [gradient], retain_graph: true)[0];
        z.backward([gradient]);
        long[] others = [.. Enumerable.Range(0, (int)x.dim()).Where(d => d != 1).Select(d => (long)d)];
        var deviation = (input.detach().var(others, unbiased: false) + Epsilon).sqrt();
        // What dx is a difference of, for each channel; what the parameters' gradients are sums of.
        var size = dy.abs().amax(others) * scale.detach().abs() / deviation;
        return (z.detach(), input.grad!, w.grad!, b.grad!, mean, variance, size, dy.abs().sum(others));
    }

    private static Tensor Call(
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor? mean,
        Tensor? variance,
        double? weightEpsilon,
        string activation,
        double slope,
        bool inPlace = false
    ) =>
        InPlaceAbn.Apply(
            x,
            new NormParts(weight, bias, mean, variance, 0.1, Epsilon, weightEpsilon),
            Kind(activation),
            slope,
            training: true,
            inPlace
        ) ?? throw new InvalidOperationException(NativeKernels.WhyNot ?? "It was left to batch normalisation.");

    private static Tensor? Try(Tensor x, Tensor weight, Tensor bias, string activation, double slope) =>
        InPlaceAbn.Apply(
            x,
            new NormParts(weight, bias, null, null, 0.1, Epsilon),
            Kind(activation),
            slope,
            training: true,
            inPlace: false
        );

    private static KernelActivation Kind(string activation) =>
        activation switch
        {
            "identity" => KernelActivation.Identity,
            "relu" => KernelActivation.ReLU,
            "elu" => KernelActivation.ELU,
            _ => KernelActivation.LeakyReLU,
        };

    private static Tensor Ordered(Tensor x, int memoryFormat) =>
        x.dim() == 4 ? Contiguous.Call(x, (long)memoryFormat) : x;

    /// <param name="size">For each channel, what an error is measured by; the expected values' own size by default.</param>
    private static void AssertClose(Tensor expected, Tensor actual, Tensor? size, double tolerance, string what)
    {
        var by = expected.dim() > 1 ? 1 : 0;
        var difference = (expected - actual.to(float64)).abs().transpose(0, by).flatten(expected.dim() > 1 ? 1 : 0);
        var values = expected.abs().transpose(0, by).flatten(expected.dim() > 1 ? 1 : 0);
        if (expected.dim() > 1)
        {
            (difference, values) = (difference.amax([1]), values.amax([1]));
        }

        var ratio = (difference / ((size ?? values) + 1e-30)).amax([0]).item<double>();
        Assert.True(ratio <= tolerance, $"{what}: off by {ratio:g3}");
    }

    private sealed record Passes(
        Tensor Result,
        Tensor Dx,
        Tensor DWeight,
        Tensor DBias,
        Tensor RunningMean,
        Tensor RunningVar,
        Tensor Weight,
        Tensor Bias
    );
}
