using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Kernels;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>The optimiser in one pass beside TorchSharp's.</summary>
public sealed class SgdTests
{
    [Theory]
    [InlineData(true, 0, ScalarType.Float32)]
    [InlineData(true, 0.01, ScalarType.Float64)]
    [InlineData(false, 0.01, ScalarType.Float32)]
    [InlineData(true, 0.01, ScalarType.BFloat16)]
    public void Steps_are_those_of_TorchSharp(bool nesterov, double decay, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Parameters(type), Parameters(type));
        using var fused = new FusedSGD([new SGD.ParamGroup(ours, 0.1, 0.9, 0, decay, nesterov)], 0.1, 0.9, nesterov);
        using var plain = optim.SGD([new SGD.ParamGroup(theirs, 0.1, 0.9, 0, decay, nesterov)], 0.1, 0.9);
        for (var step = 0; step < 4; step++)
        {
            foreach (var (parameters, optimizer) in new[] { (ours, (optim.Optimizer)fused), (theirs, plain) })
            {
                Loss(parameters).backward();
                optimizer.step();
                parameters.ForEach(parameter => parameter.grad = null);
            }
        }

        var tolerance = type == ScalarType.BFloat16 ? 0 : 1e-6;
        foreach (var (mine, other) in ours.Zip(theirs))
        {
            Assert.True(mine.allclose(other, tolerance, tolerance));
        }
    }

    [Fact]
    public void A_state_that_is_read_again_goes_on_with_the_same_bits()
    {
        using var scope = NewDisposeScope();
        List<Parameter> one = Parameters(ScalarType.Float32),
            other = Parameters(ScalarType.Float32);
        using var first = new FusedSGD([new SGD.ParamGroup(one, 0.1, 0.9, 0, 0.01, true)], 0.1, 0.9, true);
        using var second = new FusedSGD([new SGD.ParamGroup(other, 0.1, 0.9, 0, 0.01, true)], 0.1, 0.9, true);
        void Step(List<Parameter> parameters, optim.Optimizer optimizer)
        {
            parameters.ForEach(parameter => parameter.grad = null);
            Loss(parameters).backward();
            optimizer.step();
        }

        Step(one, first);
        using var stream = new MemoryStream();
        first.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        second.load_state_dict(new BinaryReader(stream));
        using (no_grad())
        {
            foreach (var (from, to) in one.Zip(other))
            {
                to.copy_(from);
            }
        }

        Step(one, first);
        Step(other, second);
        foreach (var (mine, theirs) in one.Zip(other))
        {
            Assert.True(mine.equal(theirs).all().ToBoolean());
        }
    }

    [Fact]
    public void A_step_between_forward_and_backward_is_noticed()
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters(ScalarType.Float32);
        using var fused = new FusedSGD([new SGD.ParamGroup(parameters, 0.1, 0.9, 0, 0, true)], 0.1, 0.9, true);
        Loss(parameters).backward();
        var loss = Loss(parameters);
        fused.step();
        Assert.Contains("modified by an inplace operation", Assert.ThrowsAny<Exception>(() => loss.backward()).Message);
    }

    private static Tensor Loss(List<Parameter> parameters) =>
        parameters.Select(parameter => parameter.to(float32).pow(3).sum()).Aggregate((a, b) => a + b);

    private static List<Parameter> Parameters(ScalarType type)
    {
        manual_seed(5);
        return
        [
            new Parameter(MemoryFormat.ToChannelsLast(randn([4, 3, 2, 2]) * 0.3).to(type)),
            new Parameter((randn(7) * 0.3).to(type)),
            new Parameter((randn([5, 6]) * 0.3).t().to(type)), // in neither order
        ];
    }
}
