using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>Batch normalisation by the statistics of several processes, against that of one with all images, by the native kernels and by operators.</summary>
public sealed class SyncBatchNormTests
{
    private const double Epsilon = 1e-5;
    private const double Momentum = 0.1;
    private static readonly Operator Contiguous = new("aten::contiguous");

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    [InlineData(false, 2)]
    public void Two_processes_with_parts_of_a_batch_compute_what_one_computes_with_all_of_it(bool isNative, int order)
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        // The mean is far from 0, where sums of squares lose digits.
        var (x, dz) = (randn([5, 7, 6, 6], float64) + 30, randn([5, 7, 6, 6], float64));
        var (weight, bias) = (randn(7, float64), randn(7, float64));
        var whole = Steps(x, dz, weight, bias, order, (input, parts) => Composed(input, parts));

        var each = SeveralProcesses.Run(
            2,
            rank =>
            {
                var (from, to) = rank == 0 ? (0, 2) : (2, 5);
                return Steps(
                    x[from..to],
                    dz[from..to],
                    weight,
                    bias,
                    order,
                    (input, parts) =>
                        isNative
                            ? BatchNormAct.Apply(input, parts, KernelActivation.ReLU, slope: 0, training: true)!
                            : SyncBatchNorm.Composed(input, parts).relu()
                );
            }
        );

        Same(whole.Result, cat([each[0].Result, each[1].Result]));
        Same(whole.Dx, cat([each[0].Dx, each[1].Dx]));
        // Of the parameters, each has its part.
        Same(whole.DWeight, each[0].DWeight + each[1].DWeight);
        Same(whole.DBias, each[0].DBias + each[1].DBias);
        foreach (var part in each)
        {
            Same(whole.Mean, part.Mean);
            Same(whole.Variance, part.Variance);
        }
    }

    // One by the kernels, one without.
    [Fact]
    public void Processes_with_and_without_the_native_kernels_understand_each_other()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var (x, dz) = (randn([4, 3, 5, 5], float64), randn([4, 3, 5, 5], float64));
        var (weight, bias) = (randn(3, float64), randn(3, float64));
        var whole = Steps(x, dz, weight, bias, 0, (input, parts) => Composed(input, parts));

        var each = SeveralProcesses.Run(
            2,
            rank =>
                Steps(
                    x[(2 * rank)..(2 * rank + 2)],
                    dz[(2 * rank)..(2 * rank + 2)],
                    weight,
                    bias,
                    0,
                    (input, parts) =>
                        rank == 0
                            ? SyncBatchNorm.Apply(input, parts).relu()
                            : SyncBatchNorm.Composed(input, parts).relu()
                )
        );

        Same(whole.Dx, cat([each[0].Dx, each[1].Dx]));
    }

    [Fact]
    public void One_value_a_process_is_enough()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 3.0 }).reshape(2, 1);

        var each = SeveralProcesses.Run(
            2,
            rank =>
            {
                var parts = new NormParts(ones(1, float64), zeros(1, float64), null, null, Momentum, Epsilon);
                return BatchNormAct
                    .Apply(x[rank..(rank + 1)], parts, KernelActivation.Identity, 1, training: true)!
                    .item<double>();
            }
        );

        Assert.Equal([-1, 1], each.Select(value => Math.Round(value, 4)));
    }

    [Fact]
    public void There_is_no_second_derivative()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (randn([3, 2, 4, 4]).requires_grad_(), ones(2));

        var thrown = SeveralProcesses.Run(
            1,
            _ =>
                Assert.ThrowsAny<Exception>(() =>
                {
                    var parts = new NormParts(weight, zeros(2), null, null, Momentum, Epsilon);
                    autograd.grad([SyncBatchNorm.Apply(x, parts).sum()], [x], create_graph: true);
                })
        );

        Assert.Contains("has no second derivative; leave create_graph out", thrown[0].Message);
    }

    private static Tensor Composed(Tensor x, NormParts parts) =>
        nn
            .functional.batch_norm(
                x,
                parts.RunningMean!,
                parts.RunningVariance!,
                parts.Weight,
                parts.Bias,
                training: true,
                parts.Momentum,
                parts.Epsilon
            )
            .relu();

    private static Passes Steps(
        Tensor x,
        Tensor dz,
        Tensor weight,
        Tensor bias,
        int order,
        Func<Tensor, NormParts, Tensor> normalise
    )
    {
        var input = Contiguous.Call(x, (long)order).clone().requires_grad_();
        var (gamma, beta) = (weight.clone().requires_grad_(), bias.clone().requires_grad_());
        var (mean, variance) = (zeros(x.shape[1], float64), ones(x.shape[1], float64));
        var result = normalise(input, new NormParts(gamma, beta, mean, variance, Momentum, Epsilon));
        result.backward([dz]);
        return new Passes(result.detach(), input.grad!, gamma.grad!, beta.grad!, mean, variance);
    }

    private static void Same(Tensor expected, Tensor actual) =>
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-9);

    private sealed record Passes(Tensor Result, Tensor Dx, Tensor DWeight, Tensor DBias, Tensor Mean, Tensor Variance);
}
