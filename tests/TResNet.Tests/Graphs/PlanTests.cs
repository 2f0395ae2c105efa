using TorchSharp;
using TResNet.Building;
using TResNet.Graphs;
using TResNet.Kernels;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.Optimizing;

namespace TResNet.Tests.Graphs;

/// <summary>Plans of graphs, and what runs without them, against the interpreter; on each operation in more than one place.</summary>
public sealed class PlanTests
{
    public static TheoryData<string> Names => [.. PlanCases.All().Select(each => each.What)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_gives_the_same_however_it_is_run(string what)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var network = PlanCases.All().Single(each => each.What == what).Network;
        foreach (var (batch, side) in new[] { (2, 17), (1, 8) })
        {
            var images = randn(batch, 3, side, side);
            using var original = Build(network, images.shape);
            var expected = Interpreter.RunSingle(original, images);
            using var graph = Build(network, images.shape);
            Passes.All(graph);
            AssertNear(expected, Interpreter.RunSingle(graph, images), 1e-4, $"{what} after the passes:\n{graph}\n");
            using var executor = new MkldnnExecutor(graph, CPU);
            AssertNear(expected, executor.Run(images), 1e-4, $"{what} by libtorch's oneDNN");
            AssertNear(expected, executor.Run(images), 1e-4, $"{what} by libtorch's oneDNN again");
            if (NativeKernels.HasConvolutions)
            {
                foreach (var channelsLast in new[] { false, true })
                {
                    using var plan = Plan.Quickest(graph, bfloat16: false, channelsLast, default);
                    AssertNear(expected, plan.Run(images), 1e-4, $"{what} by a plan");
                    AssertNear(expected, plan.Run(images.clone()), 1e-4, $"{what} by a plan again");
                    if (what != "calls" && !what.Contains("mish", StringComparison.Ordinal))
                    {
                        Assert.DoesNotContain(
                            plan.Profile(images),
                            step =>
                                step.By == "opaque"
                                && !Foreign.Any(name => step.Name.Contains(name, StringComparison.Ordinal))
                        );
                    }
                }
            }
        }
    }

    [Fact]
    public void A_plan_calls_back_what_it_has_nothing_for_and_passes_on_what_that_throws()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (!NativeKernels.HasConvolutions)
        {
            return;
        }

        var builder = new GraphBuilder(2, 3, 8, 8);
        Exception? failure = null;
        var doubled = builder.Add(
            new Opaque(
                "doubling",
                [builder.Input],
                given => failure is null ? given[0] * 2 : throw failure,
                [2, 3, 8, 8]
            )
        );
        using var graph = builder.Build(builder.Activation(doubled, Nonlinearity.ReLU));
        using var plan = Plan.Quickest(graph, bfloat16: false, channelsLast: false, default);
        var images = randn(2, 3, 8, 8);
        AssertNear((images * 2).relu(), plan.Run(images));
        Assert.Contains(plan.Profile(images), step => step is { Name: "doubling", By: "opaque" });
        failure = new InvalidDataException("No.");
        Assert.Same(failure, Assert.Throws<InvalidDataException>(() => plan.Run(images)));
        failure = null;
        AssertNear((images * 2).relu(), plan.Run(images));
    }

    [Fact]
    public void Thousands_of_calls_leave_no_tensors()
    {
        using var graph = Build(
            graph => graph.Add(new Opaque("copying", [graph.Input], given => given[0].clone(), [1, 3, 8, 8])),
            1,
            3,
            8,
            8
        );
        if (!NativeKernels.HasConvolutions)
        {
            return;
        }

        using var plan = Plan.Quickest(graph, bfloat16: false, channelsLast: false, default);
        using var images = rand(1, 3, 8, 8);
        plan.Run(images).Dispose();
        var before = LiveTensors.Settled();
        for (var i = 0; i < 5000; i++)
        {
            plan.Run(images).Dispose();
        }

        LiveTensors.AssertNoneBeyond(before);
    }

    // What the library of kernels has nothing for, and is asked for nowhere else.
    private static readonly string[] Foreign =
    [
        "max_pool 3x3/2 dilation 2",
        "average_pool 2x2/2 padding 1 ceil",
        "blur",
    ];

    private static Graph Build(Func<GraphBuilder, Value> network, params IReadOnlyList<long> shape)
    {
        manual_seed(7);
        var builder = new GraphBuilder(shape);
        return builder.Build(network(builder));
    }
}
