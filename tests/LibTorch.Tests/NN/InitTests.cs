// Initial values: the same numbers that PyTorch 1.13 draws from the same seed, and the laws they follow.
using TorchSharp;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class InitTests
{
    [Fact]
    public void Layers_draw_what_pytorch_draws()
    {
        // torch.manual_seed(0); torch.nn.Linear(3, 2)
        manual_seed(0);
        var linear = Linear(3, 2);
        Equal(
            [-0.004322517663, 0.30971583724, -0.475185334682, -0.424894601107, -0.222368970513, 0.154820725322],
            linear.weight,
            1e-7
        );
        Equal([-0.0114391446114, 0.457774937153], linear.bias!, 1e-7);

        // torch.manual_seed(0); torch.nn.Conv2d(1, 1, 2)
        manual_seed(0);
        var conv = Conv2d(1, 1, 2);
        Equal([-0.00374341011, 0.268221795559, -0.411522567272, -0.367969512939], conv.weight, 1e-7);
        Equal([-0.192577183247], conv.bias!, 1e-7);
    }

    [Fact]
    public void Kaiming_and_xavier_draw_what_pytorch_draws()
    {
        Tensor Drawn(Action<Tensor> fill)
        {
            manual_seed(0);
            Tensor tensor = empty(2, 3);
            fill(tensor);
            return tensor;
        }

        // torch.nn.init.kaiming_normal_(t, mode='fan_out', nonlinearity='relu')
        Equal(
            [1.54099607468, -0.293428897858, -2.17878937721, 0.568431258202, -1.08452236652, -1.39859545231],
            Drawn(t => init.kaiming_normal_(t, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU)),
            1e-6
        );

        // torch.nn.init.xavier_uniform_(t), torch.nn.init.xavier_normal_(t, gain=2)
        Equal(
            [-0.00820140074939, 0.587644517422, -0.901600778103, -0.80618083477, -0.421915471554, 0.293751686811],
            Drawn(t => init.xavier_uniform_(t)),
            1e-6
        );
        Equal(
            [1.94922304153, -0.371161460876, -2.75597476959, 0.71901500225, -1.37182426453, -1.7690987587],
            Drawn(t => init.xavier_normal_(t, gain: 2)),
            1e-6
        );
    }

    [Fact]
    public void Truncated_normal_draws_what_pytorch_draws()
    {
        // torch.nn.init.trunc_normal_(t, std=.02); torch.nn.init.trunc_normal_(t, mean=1, std=2, a=0, b=1.5)
        manual_seed(0);
        Equal(
            [-0.000187669502338, 0.0146600659937, -0.0270038116723, -0.0223368816078],
            init.trunc_normal_(empty(4), std: 0.02),
            1e-7
        );
        manual_seed(0);
        Equal(
            [0.761485219002, 1.15783834457, 0.143370211124, 0.212315022945],
            init.trunc_normal_(empty(4), mean: 1, std: 2, a: 0, b: 1.5),
            1e-6
        );
    }

    [Fact]
    public void Constants_fill()
    {
        Equal([1, 1], init.ones_(empty(2)));
        Equal([0, 0], init.zeros_(empty(2)));
        Equal([2.5, 2.5], init.constant_(empty(2), 2.5));
    }

    [Fact]
    public void Uniform_and_normal_take_a_generator()
    {
        double[] Drawn(Generator generator) =>
            init.normal_(init.uniform_(empty([2], float64), 2, 3, generator), 10, 0.1, generator)
                .data<double>()
                .ToArray();
        using Generator first = new(3);
        using Generator second = new(3);

        double[] values = Drawn(first);

        Assert.Equal(values, Drawn(second));
        Assert.All(values, value => Assert.InRange(value, 9, 11));
        Assert.All(
            init.uniform_(empty([100], float64), 2, 3).data<double>().ToArray(),
            value => Assert.InRange(value, 2, 3)
        );
    }

    [Fact]
    public void Parameters_can_be_filled_without_recording_it()
    {
        var linear = Linear(2, 2);

        Assert.Same(linear.weight, init.zeros_(linear.weight));
        Assert.True(linear.weight.is_leaf);
        Assert.True(linear.weight.requires_grad);
    }

    [Fact]
    public void Fans_count_the_receptive_field()
    {
        Assert.Equal((3L, 2L), init.CalculateFanInAndFanOut(empty(2, 3)));
        Assert.Equal((3L * 20, 2L * 20), init.CalculateFanInAndFanOut(empty(2, 3, 4, 5)));
        Assert.Contains("[7]", Assert.Throws<ArgumentException>(() => init.CalculateFanInAndFanOut(empty(7))).Message);
    }

    [Fact]
    public void Gains_are_pytorchs()
    {
        Assert.Equal(1, init.calculate_gain(init.NonlinearityType.Conv2D));
        Assert.Equal(1, init.calculate_gain(init.NonlinearityType.Sigmoid));
        Assert.Equal(5 / 3.0, init.calculate_gain(init.NonlinearityType.Tanh));
        Assert.Equal(Math.Sqrt(2), init.calculate_gain(init.NonlinearityType.ReLU));
        Assert.Equal(1, init.calculate_gain(init.NonlinearityType.LeakyReLU, 1));
    }
}
