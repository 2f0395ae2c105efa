using TorchSharp;
using TResNet.Profiling.Counting;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class SummarizerTests
{
    [Fact]
    public void A_small_network_is_counted_by_hand()
    {
        using var net = SmallNets.Create();

        var summary = Summarizer.Summarize(net, 1, 28, 28);

        // conv: 8 filters of 1 x 3 x 3 and 8 biases on 14 x 14 places; norm: 8 + 8; fc: 128 x 10 and 10 biases.
        Assert.Equal(8 * 9 + 8 + 16 + 1280 + 10, summary.Parameters);
        Assert.Equal(8 * 14 * 14 * 9 + 1280, summary.MultiplyAdds);
        Assert.Equal(8 * 14 * 14, summary.Activations);
        Assert.Equal(
            [
                "conv Conv2d 8x14x14",
                "norm BatchNorm2d 8x14x14",
                "act ReLU 8x14x14",
                "pool AdaptiveAvgPool2d 8x4x4",
                "flat Flatten 128",
                "fc Linear 10",
            ],
            summary.Root.Children.Select(row => $"{row.Name} {row.Type} {string.Join('x', row.OutputShape!)}")
        );
    }

    [Fact]
    public void A_grouped_convolution_has_fewer_multiply_adds()
    {
        using var grouped = nn.Sequential(("conv", nn.Conv2d(8, 16, 3, padding: 1, groups: 4, bias: false)));

        Assert.Equal(16 * 5 * 5 * 2 * 9, Summarizer.Summarize(grouped, 8, 5, 5).MultiplyAdds);
    }

    [Fact]
    public void A_module_that_is_shared_has_its_parameters_once_and_the_work_of_each_call_once()
    {
        using var shared = new Twice();

        var summary = Summarizer.Summarize(shared, 4, 3, 3);

        Assert.Equal(16, summary.Parameters);
        Assert.Equal(2 * 16 * 9, summary.MultiplyAdds);
    }

    [Fact]
    public void Counting_leaves_the_network_alone()
    {
        using var net = SmallNets.Create();
        net.train();
        var before = net.Copy();

        Summarizer.Summarize(net, 1, 28, 28);

        Assert.True(net.training);
        before.AssertSame(net.Copy());
        // A second count finds no hooks of the first one: it would see every layer twice.
        Assert.Equal(
            Summarizer.Summarize(net, 1, 28, 28).MultiplyAdds,
            Summarizer.Summarize(net, 1, 28, 28).MultiplyAdds
        );
    }

    [Theory]
    [InlineData(28, 28)]
    [InlineData(1, 0, 28)]
    public void A_shape_that_is_no_image_gives_one_sentence(params long[] shape)
    {
        using var net = SmallNets.Create();

        Assert.Equal(
            $"The input shape is [{string.Join(", ", shape)}], but one image has three sizes of at least 1: channels, height, width.",
            Assert.Throws<TResNetException>(() => Summarizer.Summarize(net, shape)).Message
        );
    }

    private sealed class Twice : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv2d conv = nn.Conv2d(4, 4, 1, bias: false);

        public Twice()
            : base(nameof(Twice))
        {
            RegisterComponents();
            register_module("again", conv);
        }

        public override Tensor forward(Tensor input) => conv.call(conv.call(input));
    }
}
