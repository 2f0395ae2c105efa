using TResNet.Compute;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>A module that was called in a forward pass: what went in, what came out, when.</summary>
internal sealed class LayerCall(nn.Module<Tensor, Tensor> module, string name, int parent, int depth)
{
    public nn.Module<Tensor, Tensor> Module => module;

    /// <summary>The module's path; empty for the network.</summary>
    public string Name => name;

    /// <summary>The position of the call that this one was made in; -1 for the network's.</summary>
    public int Parent => parent;

    public int Depth => depth;

    public required TensorKind Input { get; init; }

    public TensorKind? Output { get; set; }

    /// <summary>In ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Start { get; set; }

    public long End { get; set; }
}

/// <summary>All of a tensor but its values.</summary>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">Its element type.</param>
/// <param name="ChannelsLast">Whether channels lie beside each other in memory.</param>
/// <param name="NeedsGradient">Whether backward goes through it.</param>
internal sealed record TensorKind(long[] Shape, ScalarType Type, bool ChannelsLast, bool NeedsGradient)
{
    public long Elements => Shape.Aggregate(1L, (a, b) => a * b);

    public long Bytes => Elements * SizeOf(Type);

    public static TensorKind Of(Tensor tensor) =>
        new(
            tensor.shape,
            tensor.dtype,
            tensor.dim() == 4 && tensor.shape[1] > 1 && tensor.stride()[1] == 1,
            tensor.requires_grad
        );

    public static long SizeOf(ScalarType type) =>
        type switch
        {
            ScalarType.Float64 or ScalarType.Int64 => 8,
            ScalarType.BFloat16 or ScalarType.Float16 => 2,
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            _ => 4,
        };

    /// <summary>A tensor like it, of a fixed pattern.</summary>
    public Tensor Make(Device device)
    {
        using var scope = NewDisposeScope();
        var values = ProfilingScope.Pattern(Shape).to(Type, device);
        return (ChannelsLast ? MemoryFormat.ToChannelsLast(values) : values).MoveToOuterDisposeScope();
    }
}
