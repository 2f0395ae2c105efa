using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Runs a graph by libtorch's operators: where there is no plan. The graph becomes its own.</summary>
internal sealed class GraphRunner : Runner
{
    private readonly Graph graph;
    private readonly MkldnnExecutor executor;
    private readonly Device device;
    private readonly ScalarType? autocast;

    /// <param name="graph">After the passes.</param>
    /// <param name="device">Where inputs are.</param>
    /// <param name="type">What convolutions compute in, where the device is a GPU; a CPU computes in float32 here.</param>
    /// <param name="reason">Why there is no plan, in half a sentence.</param>
    public GraphRunner(Graph graph, Device device, ScalarType type, string reason)
        : base([.. graph.Input.Shape])
    {
        (this.graph, this.device) = (graph, device);
        executor = new MkldnnExecutor(graph, device);
        autocast = device.type == DeviceType.CPU || type == ScalarType.Float32 ? null : type;
        Calls(graph);
        var computed =
            device.type != DeviceType.CPU || type == ScalarType.Float32
                ? InWords(type)
                : $"float32 for want of {InWords(type)}";
        var by =
            executor.Packed > 0
                ? $"libtorch's operators, {executor.Packed} convolutions of oneDNN"
                : "libtorch's operators";
        Description = $"{computed}, {graph.Values.Count} steps of {by} ({reason})";
    }

    public override string Description { get; }

    public override Tensor Run(Tensor input) => Run(input, null);

    protected override IReadOnlyList<OptimizedStep> ProfileOnce(Tensor input)
    {
        var steps = new List<OptimizedStep>();
        Run(input, steps).Dispose();
        return steps;
    }

    protected override void Free()
    {
        executor.Dispose();
        graph.Dispose();
    }

    private static string InWords(ScalarType type) => type.ToString().ToLowerInvariant();

    private Tensor Run(Tensor input, List<OptimizedStep>? steps)
    {
        using var scope = NewDisposeScope();
        using var cast = new Autocast(device, autocast);
        return executor.Run(input, steps).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
