using TorchSharp;
using TResNet.Compute;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>What blocks that are computed again keep meanwhile.</summary>
public sealed class CheckpointMemoryTests
{
    [Fact]
    public void Much_less_is_kept_between_forward_and_backward()
    {
        manual_seed(1);
        using var model = Models.Create("resnet50", numClasses: 10);
        MemoryFormat.ToChannelsLast(model);
        model.train();
        using var images = rand(4, 3, 128, 128);
        var checkpoints = new GradientCheckpoints(model, ComputeType.Float32);
        long Kept(Func<Tensor> forward, Action after)
        {
            using var scope = NewDisposeScope();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = HostMemory.InUse!.Value;
            var logits = forward();
            var kept = HostMemory.InUse!.Value - before;
            logits.sum().backward();
            after();
            return kept;
        }

        _ = Kept(() => model.call(images), () => { });
        var plain = Kept(() => model.call(images), () => { });
        var few = Kept(() => checkpoints.Forward(images, 1), checkpoints.Backward);
        var again = Kept(() => checkpoints.Forward(images, 1), checkpoints.Backward);
        Assert.True(few < plain / 2, $"{few} of {plain} bytes");
        Assert.True(again < plain / 2, $"{again} of {plain} bytes the second time");
    }

    [Fact]
    public void Steps_leave_nothing_behind()
    {
        manual_seed(1);
        using var model = Models.Create("resnet18", numClasses: 10);
        model.train();
        using var images = rand(4, 3, 64, 64);
        var checkpoints = new GradientCheckpoints(model, ComputeType.Float32);
        void Step()
        {
            using var scope = NewDisposeScope();
            checkpoints.Forward(images, 1).sum().backward();
            checkpoints.Backward();
        }

        Step();
        Step();
        var before = LiveTensors.Settled();
        Step();
        LiveTensors.AssertNoneBeyond(before);
        Step();
        LiveTensors.AssertNoneBeyond(before);
    }
}
