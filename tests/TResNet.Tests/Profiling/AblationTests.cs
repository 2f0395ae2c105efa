using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Layers;
using TResNet.Profiling;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class AblationTests
{
    [Fact]
    public void TResNet_M_is_taken_apart_in_the_papers_order_from_a_plain_ResNet_50()
    {
        var steps = AblationSteps.Of(Models.TResNetM());

        Assert.Equal(
            [
                "ResNet-50-like base",
                "SpaceToDepth stem",
                "anti-alias downsampling",
                "in-place ABN",
                "blocks selection",
                "SE layers",
            ],
            steps.Select(step => step.Name)
        );
        var plain = steps[0].Architecture;
        Assert.Equal((StemKind.Convolution7x7, Downsampling.Strided), (plain.StemKind, plain.Downsampling));
        Assert.Equal([3, 4, 6, 3], plain.Depths);
        Assert.All(plain.Blocks, block => Assert.Equal(BlockKind.Bottleneck, block));
        Assert.Equal((NormKind.BatchNorm, Attention.None), (plain.NormAct.Kind, plain.Attention));
    }

    [Fact]
    public void The_plain_network_has_the_size_of_ResNet_50_and_the_last_one_is_TResNet_M_with_in_place_ABN()
    {
        var steps = AblationSteps.Of(Models.TResNetM());
        using var plain = steps[0].Architecture.Build();
        using var fifty = Models.Create("resnet50");
        using var last = steps[^1].Architecture.Build();

        Assert.Equal(fifty.parameters().Sum(p => p.numel()), plain.parameters().Sum(p => p.numel()));
        Assert.Equal(Models.Describe("tresnet_m").With("norm", "inplace-abn"), steps[^1].Architecture);
        Assert.Equal(Models.Describe("tresnet_m").Info.Parameters, last.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void Each_step_changes_one_thing_and_keeps_the_others()
    {
        var steps = AblationSteps.Of(Models.TResNetM());

        foreach (var (before, after) in steps.Zip(steps.Skip(1)))
        {
            var changed = before
                .Architecture.Switches.Zip(after.Architecture.Switches)
                .Where(pair => pair.First.Value != pair.Second.Value)
                .Select(pair => pair.First.Name)
                .ToArray();
            Assert.InRange(changed.Length, 1, 3);
        }
    }

    [Fact]
    public void A_network_without_refinements_is_one_sentence() =>
        Assert.StartsWith(
            "resnet50 has none of TResNet's refinements to take apart",
            Assert.Throws<TResNetException>(() => AblationSteps.Of(Models.ResNet50())).Message
        );

    [Fact]
    public void Every_step_is_counted_and_measured_and_its_largest_batch_is_found_on_request()
    {
        var steps = AblationSteps.Of(Models.TResNetNano()).Take(2).ToArray();

        var result = AblationStudy.Run("tresnet_nano", steps, Quick with { LargestBatch = new() { Most = 4 } });

        Assert.Equal(2, result.Rows.Count);
        Assert.All(
            result.Rows,
            row =>
            {
                Assert.Equal(ThroughputMode.Inference, row.Inference!.Mode);
                Assert.Equal(ThroughputMode.Training, row.Training!.Mode);
                Assert.Equal(row.Name, row.Training!.Model);
                Assert.True(row.Summary.Parameters > 0);
                Assert.Equal(4, row.LargestBatch!.BatchSize);
            }
        );
    }

    [Fact]
    public void All_networks_are_searched_under_one_limit_after_a_step_that_is_not_counted()
    {
        var steps = AblationSteps.Of(Models.TResNetNano()).Take(2).ToArray();
        var said = new List<string>();

        var result = AblationStudy.Run(
            "tresnet_nano",
            steps,
            Quick with
            {
                LargestBatch = new() { Most = 2 },
            },
            null,
            new Observer<AblationProgress>(at => said.Add(at.What))
        );

        Assert.Equal("a step that is not counted", said[0]);
        Assert.Single(said, "a step that is not counted");
        Assert.Single(result.Rows.Select(row => row.LargestBatch!.MemoryLimit).Distinct());
    }

    [Fact]
    public void A_refinement_for_which_no_batch_fits_keeps_its_speeds_and_says_why()
    {
        var steps = AblationSteps.Of(Models.TResNetNano()).Take(3).ToArray();
        Tensor? inTheWay = null;
        var observer = new Observer<AblationProgress>(at =>
        {
            if (at is { Number: 1, What: "largest batch" })
            {
                inTheWay = ones(192 << 20);
            }
            else if (at.Number == 2)
            {
                inTheWay?.Dispose();
            }
        });
        Machine.ReturnFreedMemory();
        var limit = new LargestBatchOptions { Most = 2, MemoryLimit = Machine.ResidentMemory()!.Value + (400L << 20) };

        var result = AblationStudy.Run("tresnet_nano", steps, Quick with { LargestBatch = limit }, null, observer);

        Assert.Equal([2, null, 2], result.Rows.Select(row => row.LargestBatch?.BatchSize));
        Assert.StartsWith("The memory limit is", result.Rows[1].NoBatch);
        Assert.True(result.Rows[1].Training!.Median > 0);
    }

    [Fact]
    public void An_interrupt_keeps_what_was_measured_until_then()
    {
        using var stop = new CancellationTokenSource();
        var observer = new Observer<AblationProgress>(at =>
        {
            if (at is { Number: 1, What: "inference, warming up" })
            {
                stop.Cancel();
            }
        });

        var result = AblationStudy.Run(
            "tresnet_nano",
            AblationSteps.Of(Models.TResNetNano()),
            Quick,
            null,
            observer,
            stop.Token
        );

        // All training steps are timed in turns, before the first forward pass.
        Assert.True(result.Interrupted);
        Assert.Equal(
            AblationSteps.Of(Models.TResNetNano()).Select(step => step.Name),
            result.Rows.Select(row => row.Name)
        );
        Assert.All(
            result.Rows,
            row => Assert.Equal((true, false), (row.Training is not null, row.Inference is not null))
        );
    }

    private static AblationOptions Quick =>
        new()
        {
            Throughput = new ThroughputOptions
            {
                BatchSize = 2,
                WarmUp = 0,
                Rounds = 1,
                RoundTime = TimeSpan.Zero,
            },
        };
}
