using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;
using F = TResNet.Tests.Kernels.Convolutions;

namespace TResNet.Tests.Kernels;

/// <summary>
/// Convolutions in float32, which go by Winograd's algorithm where they are of 3 x 3 and large enough, against float64, which goes to libtorch's own
/// function.
/// </summary>
public sealed class ConvolutionTests
{
    private const double Tolerance = 2e-5;
    private const int Planes = 0;
    private const int ChannelsLast = 2;
    private static readonly Operator Contiguous = new("aten::contiguous");

    /// <summary>Images, channels, output channels, height, width, padding.</summary>
    public static TheoryData<long, long, long, long, long, long> Maps =>
        new()
        {
            { 2, 64, 64, 56, 56, 1 },
            { 1, 16, 32, 33, 47, 1 }, // tiles that reach beyond the border
            { 3, 48, 16, 30, 18, 0 }, // no padding
            { 8, 32, 32, 7, 7, 1 }, // the weights' gradient alone by Winograd's
            { 2, 128, 128, 14, 14, 1 },
            { 2, 20, 32, 30, 30, 1 }, // channels that do not come in blocks of 16
            { 2, 32, 32, 30, 30, 2 }, // more padding
            { 1, 16, 16, 3, 3, 1 }, // few pixels
        };

    [Theory]
    [MemberData(nameof(Maps))]
    public void Results_and_gradients_are_those_of_float64(
        long images,
        long channels,
        long features,
        long height,
        long width,
        long padding
    )
    {
        foreach (var order in new[] { Planes, ChannelsLast })
        {
            foreach (var weightOrder in new[] { Planes, ChannelsLast })
            {
                using var scope = NewDisposeScope();
                manual_seed(11);
                var x = Ordered(randn([images, channels, height, width]), order);
                var weight = Ordered(randn([features, channels, 3, 3]) * 0.1, weightOrder);
                var ours = Pass(x, weight, padding);
                var theirs = Pass(x.to(float64), weight.to(float64), padding);
                string[] names = ["result", "input's gradient", "weight's gradient"];
                foreach (var (name, mine, other) in names.Zip(ours, theirs))
                {
                    var off = Off(mine, other);
                    Assert.True(off < Tolerance, $"the {name} is off by {off} in orders {order} and {weightOrder}");
                }

                var last = order == ChannelsLast || weightOrder == ChannelsLast;
                Assert.Equal(Ordered(ours[0], last ? ChannelsLast : Planes).stride(), ours[0].stride());
            }
        }
    }

    [Fact]
    public void What_is_no_dense_map_gives_the_same()
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        var whole = randn([2, 32, 60, 40]);
        var weight = randn([32, 32, 3, 3]);
        var strided = whole[.., .., ..30, ..];
        Assert.Equal(
            0,
            Off(F.conv2d(strided, weight, padding: [1, 1]), F.conv2d(strided.clone(), weight, padding: [1, 1]))
        );
    }

    [Fact]
    public void A_bias_is_added_and_has_its_gradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(13);
        var (x, weight) = (randn([2, 32, 32, 32]), randn([32, 32, 3, 3]));
        var bias = randn(32).requires_grad_();
        var y = F.conv2d(x, weight, bias, padding: [1, 1]);
        y.sum().backward();
        Assert.Equal(0, Off(y, F.conv2d(x, weight, padding: [1, 1]) + bias.view(1, -1, 1, 1)), 1e-5);
        Assert.Equal(0, Off(bias.grad!, full(32, 2f * 32 * 32)), 1e-6);
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        manual_seed(14);
        var (x, weight) = (randn([2, 16, 24, 24]), randn([16, 16, 3, 3]));
        Tensor[] Penalty(Tensor input, Tensor kernel)
        {
            (input, kernel) = (input.clone().requires_grad_(), kernel.clone().requires_grad_());
            var loss = F.conv2d(input, kernel, padding: [1, 1]).pow(2).sum();
            autograd.grad([loss], [input], retain_graph: true, create_graph: true)[0].pow(2).sum().backward();
            return [input.grad!, kernel.grad!];
        }

        var (ours, theirs) = (Penalty(x, weight), Penalty(x.to(float64), weight.to(float64)));
        Assert.True(Off(ours[0], theirs[0]) < Tolerance);
        Assert.True(Off(ours[1], theirs[1]) < Tolerance);
    }

    [Fact]
    public void The_same_step_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        manual_seed(15);
        var (x, weight) = (randn([4, 32, 28, 28]), randn([32, 32, 3, 3]));
        foreach (var (first, second) in Pass(x, weight, 1).Zip(Pass(x, weight, 1)))
        {
            Assert.Equal(first.flatten().data<float>().ToArray(), second.flatten().data<float>().ToArray());
        }
    }

    [Fact]
    public void Another_number_of_threads_gives_the_same()
    {
        using var scope = NewDisposeScope();
        manual_seed(16);
        var (x, weight) = (randn([4, 32, 28, 28]), randn([32, 32, 3, 3]));
        var before = get_num_threads();
        var many = Pass(x, weight, 1);
        try
        {
            set_num_threads(1);
            foreach (var (one, other) in Pass(x, weight, 1).Zip(many))
            {
                Assert.True(Off(one, other) < Tolerance);
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Backward_keeps_the_input_where_the_weight_is_trained_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        const int map = 2 * 16 * 256 * 256 * sizeof(float);
        const int rest = map / 8; // what the rest of the process takes and frees meanwhile
        var weight = randn([16, 16, 3, 3]);
        var x = randn([2, 16, 256, 256]).requires_grad_();
        var frozen = HostMemory.BytesKept(() => F.conv2d(x * 1, weight, padding: [1, 1]));
        Assert.InRange(frozen, map - rest, map + rest);
        weight.requires_grad_();
        var trained = HostMemory.BytesKept(() => F.conv2d(x * 1, weight, padding: [1, 1]));
        Assert.InRange(trained, (2 * map) - rest, (2 * map) + rest);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 2, 1)]
    public void Small_maps_of_one_image_give_what_float64_gives(long side, long padding, long stride)
    {
        using var scope = NewDisposeScope();
        manual_seed(17);
        var (x, weight, bias) = (randn([1, 24, 9, 7]), randn([10, 24, side, side]), randn(10));
        var expected = F.conv2d(x.to(float64), weight.to(float64), bias.to(float64), [stride], [padding, padding]);
        Assert.True(Off(F.conv2d(x, weight, bias, [stride], [padding, padding]), expected) < Tolerance);
        Assert.True(Off(F.conv2d(x, weight, bias, [stride, stride], [padding]), expected) < Tolerance);
    }

    [Fact]
    public void Without_Winograd_a_value_costs_only_what_it_reaches_its_digits()
    {
        using var scope = NewDisposeScope();
        manual_seed(18);
        var (x, weight) = (randn([1, 16, 40, 40]), randn([16, 16, 3, 3]));
        x[0, 0, 20, 20] = tensor(1e7f);
        var expected = F.conv2d(x.to(float64), weight.to(float64), padding: [1, 1]);
        var far = expected.abs() < 1e3;
        double OffWhereItDoesNotReach() =>
            ((F.conv2d(x, weight, padding: [1, 1]).to(float64) - expected).abs() * far).max().item<double>();
        Winograd.Enabled = false;
        try
        {
            Assert.InRange(OffWhereItDoesNotReach(), 0, 1e-4);
        }
        finally
        {
            Winograd.Enabled = true;
        }
    }

    [Fact]
    public void No_images_give_no_maps()
    {
        using var scope = NewDisposeScope();
        var y = F.conv2d(zeros([0, 16, 32, 32]), zeros([16, 16, 3, 3]), padding: [1, 1]);
        Assert.Equal([0, 16, 32, 32], y.shape);
    }

    [Fact]
    public void Channels_that_do_not_fit_are_refused_with_both_numbers()
    {
        using var scope = NewDisposeScope();
        var thrown = Assert.ThrowsAny<Exception>(() =>
            F.conv2d(zeros([2, 32, 32, 32]), zeros([16, 16, 3, 3]), padding: [1, 1])
        );
        Assert.Contains("16", thrown.Message);
        Assert.Contains("32", thrown.Message);
    }

    // The result, the gradient of the input and that of the weight.
    private static Tensor[] Pass(Tensor input, Tensor weight, long padding)
    {
        var (x, w) = (input.detach().requires_grad_(), weight.detach().requires_grad_());
        var y = F.conv2d(x, w, padding: [padding, padding]);
        (y * y.detach().sin()).sum().backward();
        return [y.detach(), x.grad!, w.grad!];
    }

    private static Tensor Ordered(Tensor tensor, int order) => Contiguous.Call(tensor, (long)order);

    // Of the largest value.
    private static double Off(Tensor ours, Tensor theirs) =>
        ((ours.to(float64) - theirs.to(float64)).abs().max() / theirs.to(float64).abs().max()).item<double>();
}

/// <summary>The convolution that networks here use, with the defaults of PyTorch's.</summary>
internal static class Convolutions
{
    public static Tensor conv2d(
        Tensor x,
        Tensor weight,
        Tensor? bias = null,
        long[]? strides = null,
        long[]? padding = null,
        long groups = 1
    ) => Convolution.Apply(x, weight, bias, strides ?? [1, 1], padding ?? [0, 0], [1, 1], groups);
}
