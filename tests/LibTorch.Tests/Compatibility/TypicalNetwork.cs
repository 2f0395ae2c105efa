// A network as people write it for TorchSharp. It names nothing that only src/LibTorch has, so it compiles against the package too.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.Compatibility;

/// <summary>Convolution, norm and activation, found by reflection over the fields.</summary>
internal sealed class Block : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d bn;
    private readonly LeakyReLU act;
    private readonly Module<Tensor, Tensor>? shortcut;

    public Block(long inputs, long outputs, long stride = 1)
        : base(nameof(Block))
    {
        conv = Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn = BatchNorm2d(outputs);
        act = LeakyReLU(negative_slope: 1e-3, inplace: true);
        shortcut =
            stride == 1 && inputs == outputs
                ? null
                : Sequential(
                    ("pool", AvgPool2d(stride, stride: stride, ceil_mode: true, count_include_pad: false)),
                    ("conv", Conv2d(inputs, outputs, 1))
                );
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = shortcut is null ? input : shortcut.call(input);
        var y = conv.call(input);
        y = bn.call(y);
        return act.call(y + residual).MoveToOuterDisposeScope();
    }
}

/// <summary>Blocks in a list, parameters and buffers of its own, sub-modules registered by name.</summary>
internal sealed class TypicalNetwork : Module<Tensor, Tensor>
{
    private readonly ModuleList<Block> blocks;
    private readonly Module<Tensor, Tensor> head;
    private readonly Parameter scale;
    private readonly Tensor shift;

    public TypicalNetwork(int classes, long width = 4)
        : base("typical")
    {
        blocks = ModuleList(new Block(3, width), new Block(width, 2 * width, stride: 2));
        head = Sequential(AdaptiveAvgPool2d(1), Flatten(), Dropout(0.1), Linear(2 * width, classes));
        scale = Parameter(ones(1, requires_grad: true));
        shift = zeros(1);
        register_buffer("shift", shift);
        RegisterComponents();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name.EndsWith("conv.weight", StringComparison.Ordinal))
            {
                init.kaiming_normal_(
                    parameter,
                    mode: init.FanInOut.FanOut,
                    nonlinearity: init.NonlinearityType.LeakyReLU
                );
            }
        }
    }

    public override Tensor forward(Tensor input)
    {
        var x = input.alias();
        foreach (var block in blocks)
        {
            x = block.call(x);
        }

        return head.call(x * scale + shift);
    }
}
