using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>What computes a <see cref="Value"/> from others. Its tensors are weights, which the <see cref="Graph"/> owns.</summary>
internal abstract record Operation
{
    /// <summary>What it is, in one line, without the values that it reads: <c>convolution 3x3/2 64 relu</c>.</summary>
    internal abstract string Text { get; }

    /// <summary>The values that it reads.</summary>
    internal abstract IReadOnlyList<Value> Inputs { get; }

    /// <summary>The tensors that it computes with.</summary>
    internal virtual IEnumerable<Tensor> Weights => [];

    /// <summary>The same operation on other values.</summary>
    internal abstract Operation On(Func<Value, Value> other);

    /// <summary>The sizes of what it gives.</summary>
    internal abstract long[] Shape();

    /// <inheritdoc/>
    public sealed override string ToString() => Text;

    /// <summary>Those that are there.</summary>
    private protected static T[] Present<T>(params IEnumerable<T?> items)
        where T : class => [.. items.OfType<T>()];

    /// <summary>Words with a space between; those that say nothing are left out.</summary>
    private protected static string Words(params IEnumerable<string?> words) =>
        string.Join(' ', words.Where(word => !string.IsNullOrEmpty(word)));
}

/// <summary>The images, which nothing computes.</summary>
/// <param name="Sizes">[N, C, H, W].</param>
internal sealed record Input(IReadOnlyList<long> Sizes) : Operation
{
    internal override string Text => "input";

    internal override IReadOnlyList<Value> Inputs => [];

    internal override Operation On(Func<Value, Value> other) => this;

    internal override long[] Shape() => [.. Sizes];
}

/// <summary>An operation on one value.</summary>
/// <param name="X">The value.</param>
internal abstract record Unary(Value X) : Operation
{
    internal override IReadOnlyList<Value> Inputs => [X];

    internal override Operation On(Func<Value, Value> other) => this with { X = other(X) };
}
