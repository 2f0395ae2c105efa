using static TorchSharp.torch;

namespace LibTorch.Tests;

/// <summary>Holds gradients to central finite differences, in float64.</summary>
internal static class Gradients
{
    private const double Step = 1e-6;

    internal static void AssertMatchFiniteDifferences(Func<Tensor, Tensor> function, Tensor at, double tolerance = 1e-6)
    {
        Assert.Equal(ScalarType.Float64, at.dtype);
        var x = at.detach().clone().requires_grad_();
        function(x).backward();
        var gradient = x.grad!.flatten().data<double>().ToArray();
        using var _ = no_grad();
        for (var i = 0; i < gradient.Length; i++)
        {
            var up = At(i, Step);
            var down = At(i, -Step);
            var expected = (up - down) / (2 * Step);
            Assert.True(
                Math.Abs(expected - gradient[i]) <= tolerance * Math.Max(1, Math.Abs(expected)),
                $"At element {i} the gradient is {gradient[i]}, finite differences give {expected}."
            );
        }

        double At(int element, double change)
        {
            var moved = at.detach().clone();
            moved.view(-1)[element] = tensor(moved.view(-1)[element].item<double>() + change);
            return function(moved).item<double>();
        }
    }
}
