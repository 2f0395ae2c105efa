using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Runs inputs of one size; freed when the last who holds it has released it. Who makes it holds it.</summary>
internal abstract class Runner(long[] shape)
{
    private const int ProfiledCalls = 5;

    private int holders = 1;
    private nn.Module[] called = [];
    private long weights;

    /// <summary>The size of the inputs.</summary>
    public long[] Shape => shape;

    /// <summary>Whether it calls modules of the network, whose mode is one for all threads.</summary>
    public bool CallsModules { get; private set; }

    /// <summary>Whether those that it calls have the weights that they had when it was made.</summary>
    public bool HasItsWeights => WeightVersions.Of(called) == weights;

    /// <summary>How it runs, in one line.</summary>
    public abstract string Description { get; }

    /// <summary>Computes on an input of its size.</summary>
    public abstract Tensor Run(Tensor input);

    /// <summary>Each step with its median time of some calls.</summary>
    public IReadOnlyList<OptimizedStep> Profile(Tensor input) =>
        [
            .. Enumerable
                .Range(0, ProfiledCalls)
                .SelectMany(_ => ProfileOnce(input).Index())
                .GroupBy(step => step.Index, step => step.Item)
                .Select(calls =>
                    calls.First() with
                    {
                        Time = calls.Select(step => step.Time).Order().ElementAt(ProfiledCalls / 2),
                    }
                ),
        ];

    public void Hold() => Interlocked.Increment(ref holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            Free();
        }
    }

    /// <summary>Each step with its time of one call.</summary>
    protected abstract IReadOnlyList<OptimizedStep> ProfileOnce(Tensor input);

    protected abstract void Free();

    /// <summary>Notes what a graph calls that is not its own.</summary>
    protected void Calls(Graph graph)
    {
        Opaque[] opaque = [.. graph.Values.Select(value => value.Operation).OfType<Opaque>()];
        CallsModules = opaque.Length > 0;
        called = [.. opaque.Select(operation => operation.Module).OfType<nn.Module>()];
        weights = WeightVersions.Of(called);
    }
}

/// <summary>Runs a plan. The graph becomes its own.</summary>
internal sealed class PlanRunner : Runner
{
    private readonly Plan plan;
    private readonly Graph? graph;

    public PlanRunner(Plan plan, Graph graph)
        : base([.. graph.Input.Shape])
    {
        this.plan = plan;
        Calls(graph);
        if (plan.CallsBack)
        {
            this.graph = graph;
        }
        else
        {
            // The plan has its weights, in its own order.
            graph.Dispose();
        }

        var order = plan.Order == "nhwc" ? "channels last" : $"channels in blocks ({plan.Order})";
        Description = $"{plan.TypeInWords}, {order}, {plan.Steps} steps, {plan.Memory >> 20} MiB of feature maps";
    }

    public override string Description { get; }

    public override Tensor Run(Tensor input) => plan.Run(input);

    protected override IReadOnlyList<OptimizedStep> ProfileOnce(Tensor input) => plan.Profile(input);

    protected override void Free()
    {
        plan.Dispose();
        graph?.Dispose();
    }
}
