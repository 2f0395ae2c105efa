using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// How to make a tensor again in backward: a product, a sum with its ReLU. Its inputs are results of in-place ABN and the like, which are kept for
/// backward in any case. It is owned by whoever made it and by each node that keeps its result, and holds its inputs until the last of them lets go.
/// </summary>
internal sealed class Recipe : IDisposable
{
    private static readonly ConditionalWeakTable<Tensor, Remembered> Known = [];

    private readonly Func<Tensor[], Tensor> make;
    private readonly Input[] inputs;
    private int owners = 1;

    private Recipe(Func<Tensor[], Tensor> make, Tensor[] inputs)
    {
        this.make = make;
        this.inputs = Array.ConvertAll(inputs, input => new Input(input));
    }

    /// <summary>Notes how a tensor is made again. As long as the recipe has an owner, nodes that save the tensor save the recipe.</summary>
    /// <param name="result">What it makes.</param>
    /// <param name="make">Makes it of tensors as the inputs were.</param>
    /// <param name="inputs">What it is made of.</param>
    /// <returns>To be disposed.</returns>
    public static Recipe Remember(Tensor result, Func<Tensor[], Tensor> make, params Tensor[] inputs)
    {
        var recipe = new Recipe(make, inputs);
        Known.AddOrUpdate(result, new(recipe, Versions.Of(result)));
        return recipe;
    }

    /// <summary>The recipe of a tensor with another owner, who has to dispose it; null where it has none, or was changed since.</summary>
    public static Recipe? Acquire(Tensor tensor) =>
        Known.TryGetValue(tensor, out var known) && known.Version == Versions.Of(tensor) && known.Recipe.TryOwn()
            ? known.Recipe
            : null;

    /// <summary>Whether a tensor would be made again.</summary>
    public static bool IsKnown(Tensor tensor)
    {
        using var recipe = Acquire(tensor);
        return recipe is not null;
    }

    /// <summary>Makes the tensor, which belongs to the current dispose scope.</summary>
    /// <exception cref="ExternalException">An input was changed in place since.</exception>
    public Tensor Make()
    {
        using var scope = NewDisposeScope();
        return make(Array.ConvertAll(inputs, input => input.Get())).MoveToOuterDisposeScope();
    }

    /// <summary>Lets go of it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref owners) == 0)
        {
            foreach (var input in inputs)
            {
                input.Dispose();
            }
        }
    }

    private bool TryOwn()
    {
        for (var now = Volatile.Read(ref owners); now > 0; )
        {
            var seen = Interlocked.CompareExchange(ref owners, now + 1, now);
            if (seen == now)
            {
                return true;
            }

            now = seen;
        }

        return false;
    }

    private sealed record Remembered(Recipe Recipe, long Version);

    /// <summary>An input: with its history, so that what is made of it can be differentiated again, or made again itself.</summary>
    private sealed class Input : IDisposable
    {
        private readonly Recipe? recipe;
        private readonly Tensor? tensor;
        private readonly long version;

        public Input(Tensor original)
        {
            recipe = Acquire(original);
            if (recipe is null)
            {
                tensor = Tensor.UnsafeCreateTensor(Operator.NewHandle(original)).DetachFromDisposeScope();
                version = Versions.Of(original);
            }
        }

        public Tensor Get()
        {
            if (tensor is null)
            {
                return recipe!.Make();
            }

            return Versions.Of(tensor) == version
                ? tensor.alias()
                : throw new ExternalException(
                    $"one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of [{string.Join(", ", tensor.shape)}]"
                );
        }

        public void Dispose()
        {
            recipe?.Dispose();
            tensor?.Dispose();
        }
    }
}
