using TorchSharp;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Tests.Graphs;

/// <summary>What each pass makes of a graph, as a picture; the numbers stay.</summary>
public sealed class PassesTests
{
    [Fact]
    public void A_normalisation_goes_into_the_weights_before_it() =>
        AssertPass(
            FoldAffines.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 3, 3));
                var y = graph.Affine(x, randn(8), randn(8));
                var z = graph.Add(
                    new Linear(graph.Add(new Flatten(graph.Add(new GlobalMean(y)))), randn(5, 8), randn(5))
                );
                return graph.Affine(z, null, randn(5));
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = affine (%1) [2, 8, 8, 8]
            %3 = global_mean (%2) [2, 8, 1, 1]
            %4 = flatten (%3) [2, 8]
            %5 = linear 5 bias (%4) [2, 5]
            %6 = shift (%5) [2, 5]
            output %6
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 bias (%0) [2, 8, 8, 8]
            %2 = global_mean (%1) [2, 8, 1, 1]
            %3 = flatten (%2) [2, 8]
            %4 = linear 5 bias (%3) [2, 5]
            output %4
            """
        );

    [Fact]
    public void A_normalisation_of_what_is_read_elsewhere_stays() =>
        AssertPass(
            FoldAffines.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 3, 3));
                return graph.Sum(graph.Affine(x, randn(8), randn(8)), x);
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = affine (%1) [2, 8, 8, 8]
            %3 = add (%2, %1) [2, 8, 8, 8]
            output %3
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = affine (%1) [2, 8, 8, 8]
            %3 = add (%2, %1) [2, 8, 8, 8]
            output %3
            """
        );

    [Fact]
    public void What_gives_what_it_gets_is_left_out() =>
        AssertPass(
            DropIdentities.Run,
            graph =>
            {
                var x = graph.Add(new Slice(graph.Input, 0, 3));
                var y = graph.Add(new Concatenation([graph.AveragePool(x, 1, 1)]));
                return graph.Activation(graph.Add(new Pad(y, PadKind.Reflect, 0, 0, 0, 0)), Nonlinearity.ReLU);
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = slice 0..3 (%0) [2, 3, 8, 8]
            %2 = average_pool 1x1 (%1) [2, 3, 8, 8]
            %3 = concatenation (%2) [2, 3, 8, 8]
            %4 = pad reflect 0 0 0 0 (%3) [2, 3, 8, 8]
            %5 = relu (%4) [2, 3, 8, 8]
            output %5
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = relu (%0) [2, 3, 8, 8]
            output %1
            """
        );

    [Fact]
    public void Zeros_around_a_map_become_the_padding_of_a_convolution() =>
        AssertPass(
            FoldPads.Run,
            graph =>
            {
                var x = graph.Add(new Pad(graph.Input, PadKind.Zero, 1, 1, 2, 2));
                var y = graph.Convolution(x, randn(8, 3, 3, 3), stride: 2, padding: 0);
                // More on one side than on the other: for this there is no padding.
                return graph.Convolution(
                    graph.Add(new Pad(y, PadKind.Zero, 0, 1, 0, 1)),
                    randn(4, 8, 2, 2),
                    padding: 0
                );
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = pad zero 1 1 2 2 (%0) [2, 3, 10, 12]
            %2 = convolution 3x3/2 8 padding 0 (%1) [2, 8, 4, 5]
            %3 = pad zero 0 1 0 1 (%2) [2, 8, 5, 6]
            %4 = convolution 2x2 4 padding 0 (%3) [2, 4, 4, 5]
            output %4
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3/2 8 padding 1x2 (%0) [2, 8, 4, 5]
            %2 = pad zero 0 1 0 1 (%1) [2, 8, 5, 6]
            %3 = convolution 2x2 4 padding 0 (%2) [2, 4, 4, 5]
            output %3
            """
        );

    [Fact]
    public void An_activation_goes_into_what_makes_its_input() =>
        AssertPass(
            FuseActivations.Run,
            graph =>
            {
                var x = graph.Activation(graph.Convolution(graph.Input, randn(8, 3, 3, 3)), Nonlinearity.ReLU);
                // A second one stays.
                var y = graph.Activation(
                    graph.Activation(graph.Convolution(x, randn(8, 8, 1, 1)), Nonlinearity.SiLU),
                    Nonlinearity.Tanh
                );
                return graph.Activation(
                    graph.Add(new Linear(graph.Add(new Flatten(y)), randn(5, 512), null)),
                    Nonlinearity.LeakyReLU(0.01)
                );
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = relu (%1) [2, 8, 8, 8]
            %3 = convolution 1x1 8 (%2) [2, 8, 8, 8]
            %4 = silu (%3) [2, 8, 8, 8]
            %5 = tanh (%4) [2, 8, 8, 8]
            %6 = flatten (%5) [2, 512]
            %7 = linear 5 (%6) [2, 5]
            %8 = leaky_relu(0.01) (%7) [2, 5]
            output %8
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 relu (%0) [2, 8, 8, 8]
            %2 = convolution 1x1 8 silu (%1) [2, 8, 8, 8]
            %3 = tanh (%2) [2, 8, 8, 8]
            %4 = flatten (%3) [2, 512]
            %5 = linear 5 leaky_relu(0.01) (%4) [2, 5]
            output %5
            """
        );

    [Fact]
    public void A_residual_sum_goes_into_the_convolution_that_is_made_last() =>
        AssertPass(
            FuseSums.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 1, 1));
                var y = graph.Convolution(graph.Convolution(graph.Input, randn(8, 3, 3, 3)), randn(8, 8, 3, 3));
                return graph.Add(new Pointwise(y) { Addend = x, Activation = Nonlinearity.ReLU });
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %2 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %3 = convolution 3x3 8 (%2) [2, 8, 8, 8]
            %4 = add relu (%3, %1) [2, 8, 8, 8]
            output %4
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %2 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %3 = convolution 3x3 8 add relu (%2, %1) [2, 8, 8, 8]
            output %3
            """
        );

    [Fact]
    public void A_sum_whose_terms_are_wanted_again_stays() =>
        AssertPass(
            FuseSums.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 1, 1));
                return graph.Sum(graph.Sum(graph.Convolution(x, randn(8, 8, 3, 3)), x), x);
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %2 = convolution 3x3 8 (%1) [2, 8, 8, 8]
            %3 = add (%2, %1) [2, 8, 8, 8]
            %4 = add (%3, %1) [2, 8, 8, 8]
            output %4
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %2 = convolution 3x3 8 (%1) [2, 8, 8, 8]
            %3 = add (%2, %1) [2, 8, 8, 8]
            %4 = add (%3, %1) [2, 8, 8, 8]
            output %4
            """
        );

    [Fact]
    public void A_gate_a_shift_a_sum_and_an_activation_are_one_pass_over_memory() =>
        AssertPass(
            JoinPointwise.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 3, 3));
                var gated = graph.Affine(graph.Gate(x, graph.Add(new GlobalMean(x))), null, randn(8));
                var sum = graph.Sum(graph.Convolution(graph.Input, randn(8, 3, 1, 1)), gated);
                return graph.Activation(sum, Nonlinearity.ReLU);
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = global_mean (%1) [2, 8, 1, 1]
            %3 = gate (%1, %2) [2, 8, 8, 8]
            %4 = shift (%3) [2, 8, 8, 8]
            %5 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %6 = add (%5, %4) [2, 8, 8, 8]
            %7 = relu (%6) [2, 8, 8, 8]
            output %7
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = global_mean (%1) [2, 8, 1, 1]
            %3 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %4 = gate shift add relu (%1, %2, %3) [2, 8, 8, 8]
            output %4
            """
        );

    [Fact]
    public void The_mean_of_a_sum_of_parts_is_the_sum_of_parts_of_the_mean() =>
        AssertPass(
            AverageBeforeMixing.Run,
            graph =>
            {
                var x = graph.Convolution(graph.Input, randn(8, 3, 3, 3));
                Value[] parts = [graph.Add(new Slice(x, 0, 4)), graph.Add(new Slice(x, 4, 4))];
                var scores = graph.Convolution(graph.Add(new GlobalMean(graph.Add(new Mix(parts)))), randn(8, 4, 1, 1));
                return graph.Add(new Mix(parts, graph.Add(new PartSoftmax(scores, 2))));
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = slice 0..4 (%1) [2, 4, 8, 8]
            %3 = slice 4..8 (%1) [2, 4, 8, 8]
            %4 = mix (%2, %3) [2, 4, 8, 8]
            %5 = global_mean (%4) [2, 4, 1, 1]
            %6 = convolution 1x1 8 (%5) [2, 8, 1, 1]
            %7 = part_softmax 2 (%6) [2, 2, 4, 1, 1]
            %8 = mix gate (%2, %3, %7) [2, 4, 8, 8]
            output %8
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 3x3 8 (%0) [2, 8, 8, 8]
            %2 = slice 0..4 (%1) [2, 4, 8, 8]
            %3 = slice 4..8 (%1) [2, 4, 8, 8]
            %4 = global_mean (%1) [2, 8, 1, 1]
            %5 = slice 0..4 (%4) [2, 4, 1, 1]
            %6 = slice 4..8 (%4) [2, 4, 1, 1]
            %7 = mix (%5, %6) [2, 4, 1, 1]
            %8 = convolution 1x1 8 (%7) [2, 8, 1, 1]
            %9 = part_softmax 2 (%8) [2, 2, 4, 1, 1]
            %10 = mix gate (%2, %3, %9) [2, 4, 8, 8]
            output %10
            """
        );

    [Fact]
    public void All_of_them_leave_of_a_residual_block_its_convolutions() =>
        AssertPass(
            Passes.All,
            graph =>
            {
                var x = Block(graph, graph.Input, 1, Nonlinearity.ReLU);
                var y = Block(graph, Block(graph, x, 3, Nonlinearity.ReLU), 3, default);
                return graph.Activation(graph.Sum(y, x), Nonlinearity.ReLU);

                static Value Block(GraphBuilder graph, Value x, long kernel, Nonlinearity activation)
                {
                    var y = graph.Convolution(x, randn(8, x.Channels, kernel, kernel) * 0.1f);
                    return graph.Activation(graph.Affine(y, rand(8), randn(8)), activation);
                }
            },
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 (%0) [2, 8, 8, 8]
            %2 = affine (%1) [2, 8, 8, 8]
            %3 = relu (%2) [2, 8, 8, 8]
            %4 = convolution 3x3 8 (%3) [2, 8, 8, 8]
            %5 = affine (%4) [2, 8, 8, 8]
            %6 = relu (%5) [2, 8, 8, 8]
            %7 = convolution 3x3 8 (%6) [2, 8, 8, 8]
            %8 = affine (%7) [2, 8, 8, 8]
            %9 = add (%8, %3) [2, 8, 8, 8]
            %10 = relu (%9) [2, 8, 8, 8]
            output %10
            """,
            """
            %0 = input [2, 3, 8, 8]
            %1 = convolution 1x1 8 bias relu (%0) [2, 8, 8, 8]
            %2 = convolution 3x3 8 bias relu (%1) [2, 8, 8, 8]
            %3 = convolution 3x3 8 bias add relu (%2, %1) [2, 8, 8, 8]
            output %3
            """
        );

    private static void AssertPass(Action<Graph> pass, Func<GraphBuilder, Value> network, string before, string after)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var builder = new GraphBuilder(2, 3, 8, 8);
        using var graph = builder.Build(network(builder));
        Assert.Equal(before, graph.ToString());
        var images = randn(2, 3, 8, 8);
        var expected = Interpreter.RunSingle(graph, images);
        pass(graph);
        Assert.Equal(after, graph.ToString());
        Optimizing.AssertNear(expected, Interpreter.RunSingle(graph, images), 1e-5);
    }
}
