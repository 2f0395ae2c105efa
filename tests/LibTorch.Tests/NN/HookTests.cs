// Hooks around forward.
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class HookTests
{
    [Fact]
    public void Hooks_see_the_module_its_input_and_its_result()
    {
        using ReLU relu = ReLU();
        List<(Module, double, double)> seen = [];
        relu.register_forward_hook(
            (module, input, output) =>
            {
                seen.Add((module, input.ToDouble(), output.ToDouble()));
                return output;
            }
        );

        relu.call(tensor(-2.0));
        relu.forward(tensor(-3.0));

        Assert.Equal([(relu, -2.0, 0.0)], seen);
    }

    [Fact]
    public void Hooks_may_replace_input_and_result()
    {
        using ReLU relu = ReLU();
        relu.register_forward_pre_hook((_, input) => -input);
        relu.register_forward_hook((_, _, output) => output * 10.0);

        Equal([20], relu.call(tensor([-2.0])));
    }

    [Fact]
    public void A_hook_that_returns_null_replaces_nothing()
    {
        using ReLU relu = ReLU();
        relu.register_forward_pre_hook((_, _) => null!);
        relu.register_forward_hook((_, _, _) => null!);

        Equal([2], relu.call(tensor([2.0])));
    }

    [Fact]
    public void Hooks_run_in_order_around_the_computation()
    {
        using ReLU relu = ReLU();
        List<string> order = [];
        relu.register_forward_hook((Module _) => order.Add("module after"));
        relu.register_forward_hook(
            (_, _, output) =>
            {
                order.Add("after");
                return output;
            }
        );
        relu.register_forward_pre_hook(
            (_, input) =>
            {
                order.Add("before");
                return input;
            }
        );
        relu.register_forward_pre_hook((Module _) => order.Add("module before"));

        relu.call(zeros(1));

        Assert.Equal(["module before", "before", "after", "module after"], order);
    }

    [Fact]
    public void A_removed_hook_no_longer_runs_even_when_it_removes_itself()
    {
        using ReLU relu = ReLU();
        int calls = 0;
        var once = relu.register_forward_hook((Module _) => calls++);
        relu.call(zeros(1));
        once.remove();
        once.remove();
        relu.call(zeros(1));
        Assert.Equal(1, calls);

        Action remove = () => { };
        var self = relu.register_forward_hook(
            (_, _, output) =>
            {
                calls++;
                remove();
                return output;
            }
        );
        remove = self.remove;
        relu.call(zeros(1));
        relu.call(zeros(1));
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Hooks_on_submodules_run_when_the_parent_is_called()
    {
        using Sequential model = Sequential(Conv2d(1, 2, 1), BatchNorm2d(2), Flatten());
        List<string> shapes = [];
        foreach ((string name, Module module) in model.named_modules())
        {
            ((Module<Tensor, Tensor>)module).register_forward_hook(
                (_, _, output) =>
                {
                    shapes.Add($"{name}: {string.Join('x', output.shape)}");
                    return output;
                }
            );
        }

        model.call(zeros(3, 1, 4, 4));

        Assert.Equal(["0: 3x2x4x4", "1: 3x2x4x4", "2: 3x32"], shapes);
    }

    [Fact]
    public void A_loss_takes_hooks_with_two_inputs()
    {
        using CrossEntropyLoss loss = CrossEntropyLoss();
        loss.register_forward_pre_hook((_, input, target) => (input * 0.0, target));
        loss.register_forward_hook((_, _, _, output) => output + 1.0);

        Equal([Math.Log(2) + 1], loss.call(tensor([9.0, 0], [1, 2]), tensor([0L])));
    }
}
