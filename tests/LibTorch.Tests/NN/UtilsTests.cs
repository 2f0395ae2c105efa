// What is done to all gradients or parameters at once.
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class UtilsTests
{
    private static Parameter WithGradient(params double[] gradient)
    {
        Parameter parameter = new(zeros([gradient.Length], float64));
        parameter.grad = tensor(gradient);
        return parameter;
    }

    [Fact]
    public void Gradients_above_the_norm_are_scaled_together()
    {
        Parameter[] parameters = [WithGradient(3, 0), WithGradient(4), new(zeros(1))];

        Assert.Equal(5, nn.utils.clip_grad_norm_(parameters, 1), 1e-12);

        double factor = 1 / (5 + 1e-6);
        Equal([3 * factor, 0], parameters[0].grad!);
        Equal([4 * factor], parameters[1].grad!);
    }

    [Fact]
    public void Gradients_below_the_norm_stay()
    {
        Parameter[] parameters = [WithGradient(3, -4)];

        Assert.Equal(5, nn.utils.clip_grad_norm_(parameters, 6), 1e-12);
        Assert.Equal(4, nn.utils.clip_grad_norm_(parameters, 6, double.PositiveInfinity), 1e-12);
        Assert.Equal(7, nn.utils.clip_grad_norm_(parameters, 8, 1), 1e-12);
        Assert.Equal(0, nn.utils.clip_grad_norm_([], 6));
        Equal([3, -4], parameters[0].grad!);
    }

    [Fact]
    public void Elements_of_gradients_are_limited()
    {
        Parameter[] parameters = [WithGradient(3, -4, 0.5)];

        nn.utils.clip_grad_value_(parameters, 1);

        Equal([1, -1, 0.5], parameters[0].grad!);
    }

    [Fact]
    public void Parameters_become_one_vector()
    {
        Parameter[] parameters = [new(Ramp(2, 2)), new(tensor([9.0]))];

        Equal([0, 1, 2, 3, 9], nn.utils.parameters_to_vector(parameters));
    }
}
