using TorchSharp;
using TResNet.Building;
using TResNet.Graphs;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Tests.Graphs;

/// <summary>What a graph shows, keeps and frees.</summary>
public sealed class GraphTests
{
    [Fact]
    public void A_residual_block_reads_like_a_picture()
    {
        using var network = Models.Describe("resnet18").With("depths", "1,1,1,1").Build(10);
        using var graph = Graph.Of(network, 8, 3, 64, 64);
        Assert.StartsWith(
            """
            %0 = input [8, 3, 64, 64]
            %1 = convolution 7x7/2 64 (%0) [8, 64, 32, 32]
            %2 = affine (%1) [8, 64, 32, 32]
            %3 = relu (%2) [8, 64, 32, 32]
            %4 = max_pool 3x3/2 padding 1 (%3) [8, 64, 16, 16]
            %5 = convolution 3x3 64 (%4) [8, 64, 16, 16]
            %6 = affine (%5) [8, 64, 16, 16]
            %7 = relu (%6) [8, 64, 16, 16]
            %8 = convolution 3x3 64 (%7) [8, 64, 16, 16]
            %9 = affine (%8) [8, 64, 16, 16]
            %10 = add (%9, %4) [8, 64, 16, 16]
            %11 = relu (%10) [8, 64, 16, 16]
            """,
            $"{graph}"
        );
        Assert.EndsWith(
            """
            %39 = global_mean (%38) [8, 512, 1, 1]
            %40 = flatten (%39) [8, 512]
            %41 = linear 10 bias (%40) [8, 10]
            output %41
            """,
            $"{graph}"
        );
    }

    [Fact]
    public void Every_operation_has_a_text_and_a_size()
    {
        using var scope = NewDisposeScope();
        var builder = new GraphBuilder(2, 8, 9, 9);
        var x = builder.Input;
        Value Add(Operation operation) => builder.Add(operation);
        var vector = Add(new GlobalMean(x));
        var wide = builder.Convolution(x, rand(16, 1, 3, 3), rand(16), stride: 2, groups: 8);
        var shares = Add(new PartSoftmax(builder.Convolution(vector, rand(16, 8, 1, 1)), 2));
        Value[] values =
        [
            builder.Convolution(x, rand(8, 1, 5, 5), groups: 8),
            Add(
                new Convolution(x, rand(4, 4, 3, 1), rand(4), new(2, 1), Pair.Of(0), Pair.Of(2), 2)
                {
                    Activation = Nonlinearity.LeakyReLU(0.001),
                }
            ),
            wide,
            builder.Gate(x, builder.Activation(vector, Nonlinearity.Sigmoid)),
            Add(
                new Pointwise(x)
                {
                    Gate = vector,
                    Scale = rand(8),
                    Addend = x,
                    Activation = Nonlinearity.ReLU6,
                }
            ),
            builder.Affine(x, null, rand(8)),
            Add(new MaxPool(x, Pair.Of(3), Pair.Of(2), Pair.Of(1), Pair.Of(1), CeilMode: true)),
            Add(new AveragePool(x, Pair.Of(3), Pair.Of(2), Pair.Of(1), CountsPadding: false)),
            Add(new Pad(x, PadKind.Reflect, 1, 0, 2, 1)),
            Add(new Blur(x, 2)),
            Add(new SpaceToDepth(x, 3)),
            Add(new Mix([Add(new Slice(wide, 0, 8)), Add(new Slice(wide, 8, 8))], shares)),
            Add(new Concatenation([x, x])),
            Add(new ChannelConvolution(vector, rand(3), Circular: true)),
            Add(new EvoNormS0(x, rand(8), rand(8), rand(8), 4, 1e-5)),
            Add(new EvoNormB0(x, rand(8), rand(8), rand(8), rand(8), 1e-3)),
            Add(new Linear(Add(new Flatten(vector)), rand(3, 8), null) { Activation = Nonlinearity.Tanh }),
        ];
        using var graph = builder.Build(values);
        Assert.Equal(
            """
            %0 = input [2, 8, 9, 9]
            %1 = global_mean (%0) [2, 8, 1, 1]
            %2 = convolution 3x3/2 16 groups 8 bias (%0) [2, 16, 5, 5]
            %3 = convolution 1x1 16 (%1) [2, 16, 1, 1]
            %4 = part_softmax 2 (%3) [2, 2, 8, 1, 1]
            %5 = depthwise convolution 5x5 8 (%0) [2, 8, 9, 9]
            %6 = convolution 3x1/2x1 4 groups 2 dilation 2 padding 0 bias leaky_relu(0.001) (%0) [2, 4, 3, 9]
            %7 = sigmoid (%1) [2, 8, 1, 1]
            %8 = gate (%0, %7) [2, 8, 9, 9]
            %9 = gate scale add relu6 (%0, %1, %0) [2, 8, 9, 9]
            %10 = shift (%0) [2, 8, 9, 9]
            %11 = max_pool 3x3/2 padding 1 ceil (%0) [2, 8, 5, 5]
            %12 = average_pool 3x3/2 padding 1 uncounted (%0) [2, 8, 5, 5]
            %13 = pad reflect 1 0 2 1 (%0) [2, 8, 10, 12]
            %14 = blur 3x3/2 (%0) [2, 8, 5, 5]
            %15 = space_to_depth 3 (%0) [2, 72, 3, 3]
            %16 = slice 0..8 (%2) [2, 8, 5, 5]
            %17 = slice 8..16 (%2) [2, 8, 5, 5]
            %18 = mix gate (%16, %17, %4) [2, 8, 5, 5]
            %19 = concatenation (%0, %0) [2, 16, 9, 9]
            %20 = channel_convolution 3 circular (%1) [2, 8, 1, 1]
            %21 = evonorm_s0 groups 4 (%0) [2, 8, 9, 9]
            %22 = evonorm_b0 (%0) [2, 8, 9, 9]
            %23 = flatten (%1) [2, 8]
            %24 = linear 3 tanh (%23) [2, 3]
            output %5, %6, %2, %8, %9, %10, %11, %12, %13, %14, %15, %18, %19, %20, %21, %22, %24
            """,
            $"{graph}"
        );

        // The sizes that it says are those that come out.
        var results = Interpreter.Run(graph, randn(2, 8, 9, 9));
        Assert.Equal(graph.Outputs.Select(output => output.Shape), results.Select(result => result.shape));
    }

    [Fact]
    public void Values_are_counted_replaced_and_left_out()
    {
        using var scope = NewDisposeScope();
        var builder = new GraphBuilder(1, 4, 8, 8);
        var relu = builder.Activation(builder.Input, Nonlinearity.ReLU);
        var shifted = builder.Affine(relu, null, ones(4));
        var sum = builder.Sum(relu, relu);
        var end = builder.Sum(sum, shifted);
        using var graph = builder.Build(end, end);

        Assert.Equal([3, 1, 1, 2], graph.Values.Select(graph.Uses));
        Assert.Equal(2, graph.LastUse(relu));
        Assert.Equal(4, graph.LastUse(end));

        graph.Redirect(shifted, relu);
        graph.InsertBefore(end, new Pointwise(sum) { Activation = Nonlinearity.Tanh });
        graph.Sweep();
        Assert.Equal(
            """
            %0 = input [1, 4, 8, 8]
            %1 = relu (%0) [1, 4, 8, 8]
            %2 = add (%1, %1) [1, 4, 8, 8]
            %3 = add (%2, %1) [1, 4, 8, 8]
            output %3, %3
            """,
            $"{graph}"
        );
        Assert.True(((Pointwise)shifted.Operation).Shift!.IsInvalid);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var network = Randomised(() => Models.TResNetNano().Build(10));
        using var images = Images(2, 32);
        Graph.Of(network, images.shape).Dispose();
        var before = LiveTensors.Settled();
        using (var graph = Graph.Of(network, images.shape))
        {
            Interpreter.RunSingle(graph, images).Dispose();
            var made = LiveTensors.Settled();
            Interpreter.RunSingle(graph, images).Dispose();
            LiveTensors.AssertNoneBeyond(made);
        }

        LiveTensors.AssertNoneBeyond(before);
    }

    [Fact]
    public void A_graph_outlives_the_scope_that_it_was_made_in()
    {
        using var network = Randomised(() => Models.TResNetNano().Build(10));
        using var images = Images(2, 32);
        Graph graph;
        using (NewDisposeScope())
        {
            graph = Graph.Of(network, images.shape);
        }

        using (graph)
        using (no_grad())
        using (NewDisposeScope())
        {
            AllNear([network.call(images)], Interpreter.Run(graph, images));
        }
    }
}
