using TorchSharp;
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Tests.Graphs;

/// <summary>TorchSharp's own modules and a user's.</summary>
public sealed class TorchModulesTests
{
    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Known = new()
    {
        ["convolution"] = () => nn.Conv2d(6, 8, 3),
        ["convolution with all"] = () =>
            nn.Conv2d(6, 8, (3, 5), stride: (2, 1), padding: (1, 4), dilation: (1, 2), groups: 2, bias: false),
        ["convolution that keeps the size"] = () => nn.Conv2d(6, 8, 5, padding: Padding.Same, dilation: 2),
        ["convolution without padding"] = () => nn.Conv2d(6, 8, 5, padding: Padding.Valid),
        ["normalisation"] = () => nn.BatchNorm2d(6, eps: 0.01),
        ["normalisation without weights"] = () => nn.BatchNorm2d(6, affine: false),
        ["relu"] = () => nn.ReLU(),
        ["relu in place"] = () => nn.ReLU(inplace: true),
        ["leaky_relu"] = () => nn.LeakyReLU(0.2),
        ["relu6"] = () => nn.ReLU6(),
        ["sigmoid"] = () => nn.Sigmoid(),
        ["silu"] = () => nn.SiLU(),
        ["hardswish"] = () => nn.Hardswish(),
        ["hardsigmoid"] = () => nn.Hardsigmoid(),
        ["tanh"] = () => nn.Tanh(),
        ["elu"] = () => nn.ELU(0.7),
        ["gelu"] = () => nn.GELU(),
        ["mish"] = () => nn.Mish(),
        ["max_pool"] = () => nn.MaxPool2d(3, stride: 2, padding: 1),
        ["max_pool, its stride left out"] = () => nn.MaxPool2d(2),
        ["max_pool with all"] = () =>
            nn.MaxPool2d((3, 2), stride: (2, 3), padding: (1, 0), dilation: (2, 1), ceil_mode: true),
        ["avg_pool"] = () => nn.AvgPool2d(3, stride: 2, padding: 1),
        ["avg_pool without padding, beyond the border"] = () =>
            nn.AvgPool2d(2, stride: 2, padding: 1, ceil_mode: true, count_include_pad: false),
        ["avg_pool with padding, beyond the border"] = () => nn.AvgPool2d(2, stride: 2, padding: 1, ceil_mode: true),
        ["global mean"] = () => nn.AdaptiveAvgPool2d(1),
        ["global max"] = () => nn.AdaptiveMaxPool2d([1, 1]),
        ["flatten"] = () => nn.Flatten(),
        ["dropout"] = () => nn.Dropout(0.4),
        ["nothing"] = () => nn.Identity(),
        ["sequence"] = () =>
            nn.Sequential(
                ("conv", nn.Conv2d(6, 4, 1)),
                ("inner", nn.Sequential(nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout2d(0.2))),
                ("pool", nn.AdaptiveAvgPool2d(1)),
                ("flat", nn.Flatten()),
                ("fc", nn.Linear(4, 3)),
                ("again", nn.Flatten()),
                ("act", nn.SiLU())
            ),
    };

    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Unknown = new()
    {
        ["convolution of an even kernel that keeps the size"] = () => nn.Conv2d(6, 8, 4, padding: Padding.Same),
        ["convolution on mirrored borders"] = () => nn.Conv2d(6, 8, 3, padding: 1, padding_mode: PaddingModes.Reflect),
        ["group norm"] = () => nn.GroupNorm(3, 6),
        ["normalisation by the batch"] = () => nn.BatchNorm2d(6, track_running_stats: false),
        ["pooling to 2x2"] = () => nn.AdaptiveAvgPool2d(2),
        ["gelu by tanh"] = () => nn.GELU(GELU.Approximate.tanh),
        ["a divisor of one's own"] = () => nn.AvgPool2d(2, divisor_override: 3),
        ["dense layer on rows"] = () => nn.Linear(17, 5),
        ["a part flattened"] = () => nn.Flatten(2),
        ["a user's"] = () => new Function(x => x.relu() + x.mean([2, 3], keepdim: true)),
        ["a user's sequence"] = () => new Doubling(nn.Conv2d(6, 6, 1)),
    };

    public static TheoryData<string> KnownNames => [.. Known.Keys];

    public static TheoryData<string> UnknownNames => [.. Unknown.Keys];

    [Theory]
    [MemberData(nameof(KnownNames))]
    public void A_module_of_TorchSharp_is_operations(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Randomised(Known[name]());
        using var graph = LowersTo(module, Images(2, 17, channels: 6), what: name);
        HasNoOpaque(graph, name);
    }

    [Theory]
    [MemberData(nameof(UnknownNames))]
    public void Any_other_module_is_called(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Randomised(nn.Sequential(nn.ReLU(), Unknown[name](), nn.Dropout(0.5)));
        using var graph = LowersTo(module, Images(2, 17, channels: 6), what: name);
        Assert.Single(graph.Values, value => value.Operation is Opaque);
    }

    [Fact]
    public void A_module_that_is_called_is_called_in_evaluation_and_left_as_it_was()
    {
        using var scope = NewDisposeScope();
        var dropout = nn.Dropout(0.5);
        var frozen = nn.BatchNorm2d(6);
        using var module = new Wrapper(nn.Sequential(frozen, dropout, nn.GroupNorm(2, 6)));
        Randomised(module).train();
        frozen.eval();
        var images = Images(2, 8, channels: 6);
        using var graph = Graph.Of(module, images.shape);
        var given = Interpreter.RunSingle(graph, images);
        Assert.True(module.training && dropout.training);
        Assert.False(frozen.training);
        Assert.False(given.requires_grad);
        module.eval();
        AllNear([module.call(images).detach()], [given]);
    }

    [Fact]
    public void A_module_may_give_back_its_input_or_what_it_keeps()
    {
        using var scope = NewDisposeScope();
        using var kept = ones(2, 6, 8, 8).DetachFromDisposeScope();
        foreach (var function in new Func<Tensor, Tensor>[] { x => x, _ => kept })
        {
            using var module = new Function(function);
            using var graph = LowersTo(module, Images(2, 8, channels: 6));
            using var again = LowersTo(module, Images(2, 8, channels: 6));
        }
    }

    [Fact]
    public void A_module_that_computes_in_another_type_is_refused()
    {
        using var scope = NewDisposeScope();
        using var module = new Function(x => x.argmax(1));
        var refused = Assert.Throws<TResNetException>(() => Graph.Of(module, 1, 3, 8, 8));
        Assert.Equal("Function gives Int64: a network that is optimised computes in float32.", refused.Message);
    }

    private sealed class Function(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Function))
    {
        public override Tensor forward(Tensor x) => function(x);
    }

    private sealed class Doubling(nn.Module<Tensor, Tensor> inner) : Sequential(("inner", inner))
    {
        public override Tensor forward(Tensor x) => base.forward(x) * 2;
    }

    private sealed class Wrapper : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> inner;

        internal Wrapper(nn.Module<Tensor, Tensor> inner)
            : base(nameof(Wrapper))
        {
            this.inner = inner;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => inner.call(x);
    }
}
