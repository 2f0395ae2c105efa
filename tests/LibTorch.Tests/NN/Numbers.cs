// Comparing tensors with numbers worked out by hand, and gradients with finite differences.
using TorchSharp;
using static TorchSharp.torch;

namespace LibTorch.Tests.NN;

internal static class Numbers
{
    /// <summary>0, 1, 2, ... in a shape, as Float64.</summary>
    public static Tensor Ramp(params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor(Enumerable.Range(0, (int)count).Select(i => (double)i).ToArray(), shape);
    }

    /// <summary>Values in (-1, 1) without pattern or ties, the same every time, as Float64.</summary>
    public static Tensor Mixed(params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor(
            Enumerable.Range(0, (int)count).Select(i => Math.Sin(1 + 2.39996 * i * (i + 1))).ToArray(),
            shape
        );
    }

    public static void Equal(double[] expected, Tensor actual, double tolerance = 1e-12)
    {
        using Tensor converted = actual.detach().to(ScalarType.Float64, copy: true);
        double[] values = converted.contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - values[i]) <= tolerance,
                $"Element {i} is {values[i]:R}, not {expected[i]:R}. All: [{string.Join(", ", values.Select(v => v.ToString("R")))}]"
            );
        }
    }

    public static void Shape(long[] expected, Tensor actual) => Assert.Equal(expected, actual.shape);

    /// <summary>
    /// Compares the gradients of a weighted sum of the function's result with central differences, for every element of
    /// every input.
    /// </summary>
    public static void GradientsMatch(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        const double Step = 1e-6;
        double Value()
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable withoutGradients = no_grad();
            Tensor result = function(inputs);
            return (result * Mixed(result.shape)).sum().ToDouble();
        }

        foreach (Tensor input in inputs)
        {
            input.requires_grad = true;
        }

        Tensor output = function(inputs);
        (output * Mixed(output.shape)).sum().backward();
        for (int k = 0; k < inputs.Length; k++)
        {
            double[] gradient = inputs[k].grad!.contiguous().data<double>().ToArray();
            using Tensor values = inputs[k].detach();
            var elements = values.data<double>();
            for (int i = 0; i < gradient.Length; i++)
            {
                double middle = elements[i];
                elements[i] = middle + Step;
                double above = Value();
                elements[i] = middle - Step;
                double below = Value();
                elements[i] = middle;
                double difference = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(difference - gradient[i]) <= 1e-7 * Math.Max(1, Math.Abs(difference)),
                    $"Gradient {i} of input {k} is {gradient[i]}, by differences {difference}."
                );
            }
        }
    }
}
