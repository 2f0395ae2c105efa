using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// What goes over a map element by element, one after another, goes over it once: activation(x * gate * scale + shift + addend) has place for the gate of an
/// attention, a normalisation, a residual sum and an activation.
/// </summary>
internal static class JoinPointwise
{
    internal static void Run(Graph graph)
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            var readers = new Readers(graph);
            foreach (var value in graph.Values)
            {
                if (value.Operation is Pointwise then && Joined(readers, then) is { } joined)
                {
                    readers.Replace(value, joined);
                }
            }

            graph.Sweep();
        }
    }

    private static Pointwise? Joined(Readers readers, Pointwise then)
    {
        var first = readers.MakerForOne<Pointwise>(then.X);
        if (!then.IsSum)
        {
            return first is null ? null : Joined(first, then);
        }

        // Either term may be the one that something is done to: the later one, whose numbers are still near.
        var swapped = then with
        {
            X = then.Addend!,
            Addend = then.X,
        };
        var second = readers.MakerForOne<Pointwise>(swapped.X);
        return readers.Position(then.X) >= readers.Position(swapped.X)
            ? Joined(first, then) ?? Joined(second, swapped)
            : Joined(second, swapped) ?? Joined(first, then);
    }

    private static Pointwise? Joined(Pointwise? first, Pointwise then)
    {
        if (first is not { Activation.IsIdentity: true })
        {
            return null;
        }

        if (first.Addend is not null)
        {
            return then is { Gate: null, Scale: null, Addend: null }
                ? first with
                {
                    Shift = FoldAffines.Plus(first.Shift, null, then.Shift),
                    Activation = then.Activation,
                }
                : null;
        }

        // Plans have place for one factor, and a gate would have to scale what was shifted before it.
        var factors = new object?[] { first.Gate, first.Scale, then.Gate, then.Scale }.Count(factor =>
            factor is not null
        );
        var scales = first.Gate is null && then.Gate is null;
        if ((factors > 1 && !scales) || (then.Gate is not null && first.Shift is not null))
        {
            return null;
        }

        return new Pointwise(first.X)
        {
            Gate = first.Gate ?? then.Gate,
            Scale = FoldAffines.Times(first.Scale, then.Scale),
            Shift = FoldAffines.Plus(first.Shift, then.Scale, then.Shift),
            Addend = then.Addend,
            Activation = then.Activation,
        };
    }
}
