using System.Text;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// A network in evaluation as operations on values, in an order in which they can be computed. It owns the weights: copies of the network's as
/// they were.
/// </summary>
internal sealed class Graph : IDisposable
{
    private readonly List<Value> values;
    private readonly List<Value> outputs;
    private readonly HashSet<Tensor> weights = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes a graph; <see cref="GraphBuilder"/> is the way to one.</summary>
    internal Graph(Value input, IEnumerable<Value> values, IEnumerable<Value> outputs)
    {
        Input = input;
        this.values = [.. values];
        this.outputs = [.. outputs];
        Sweep();
    }

    /// <summary>A network in evaluation.</summary>
    /// <param name="network">Maps a tensor to a tensor, or to several.</param>
    /// <param name="inputShape">[N, C, H, W] of its input.</param>
    internal static Graph Of(nn.Module network, params IReadOnlyList<long> inputShape)
    {
        var graph = new GraphBuilder(inputShape);
        return network switch
        {
            nn.Module<Tensor, Tensor> single => graph.Build(graph.Lower(single, graph.Input)),
            ILowersToMany many => graph.Build(many.Lower(graph, graph.Input)),
            _ => throw new TResNetException($"{network.GetName()} does not map one tensor to one tensor."),
        };
    }

    /// <summary>The images.</summary>
    internal Value Input { get; }

    /// <summary>What is computed, in order, without the input.</summary>
    internal IReadOnlyList<Value> Values => values;

    /// <summary>What is wanted: the logits, or feature maps. A value may be there twice.</summary>
    internal IReadOnlyList<Value> Outputs => outputs;

    /// <summary>How often a value is read, as an output too.</summary>
    internal int Uses(Value value) =>
        values.Sum(each => each.Operation.Inputs.Count(input => input == value)) + outputs.Count(each => each == value);

    /// <summary>The last position in <see cref="Values"/> that reads a value; their number where it is an output, -1 where nothing reads it.</summary>
    internal int LastUse(Value value) =>
        outputs.Contains(value) ? values.Count : values.FindLastIndex(each => each.Operation.Inputs.Contains(value));

    /// <summary>Lets readers of one value read another.</summary>
    internal void Redirect(Value from, Value to)
    {
        foreach (var reader in values.Where(each => each.Operation.Inputs.Contains(from)))
        {
            reader.Operation = reader.Operation.On(input => input == from ? to : input);
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            outputs[i] = outputs[i] == from ? to : outputs[i];
        }
    }

    /// <summary>Puts a new value in front of another one.</summary>
    internal Value InsertBefore(Value position, Operation operation)
    {
        var value = new Value(operation);
        values.Insert(values.IndexOf(position), value);
        return value;
    }

    /// <summary>
    /// Leaves out what nothing reads any more, takes over the weights that passes have made, and frees those that no operation has any longer. Every pass
    /// ends with it.
    /// </summary>
    internal void Sweep()
    {
        var wanted = new HashSet<Value>(outputs);
        for (var i = values.Count - 1; i >= 0; i--)
        {
            if (wanted.Contains(values[i]))
            {
                wanted.UnionWith(values[i].Operation.Inputs);
            }
            else
            {
                // Its weights may be new to the graph, and have to be freed all the same.
                Own(values[i].Operation.Weights);
                values.RemoveAt(i);
            }
        }

        var used = new HashSet<Tensor>(
            values.SelectMany(value => value.Operation.Weights),
            ReferenceEqualityComparer.Instance
        );
        Own(used);
        foreach (var unused in weights.Where(weight => !used.Contains(weight)).ToList())
        {
            weights.Remove(unused);
            unused.Dispose();
        }
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        foreach (var weight in weights)
        {
            weight.Dispose();
        }

        weights.Clear();
    }

    /// <summary>One line for each value: <c>%3 = convolution 3x3/2 64 relu (%1) [8, 64, 56, 56]</c>.</summary>
    public override string ToString()
    {
        var numbers = values.Prepend(Input).Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var text = new StringBuilder($"%0 = input {Sizes(Input)}\n");
        foreach (var value in values)
        {
            var inputs = string.Join(", ", value.Operation.Inputs.Select(Name));
            text.Append($"{Name(value)} = {value.Operation.Text} ({inputs}) {Sizes(value)}\n");
        }

        return text.Append($"output {string.Join(", ", outputs.Select(Name))}").ToString();

        string Name(Value value) => $"%{numbers[value]}";

        static string Sizes(Value value) => $"[{string.Join(", ", value.Shape)}]";
    }

    private void Own(IEnumerable<Tensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            // A pass computes in a scope of its own, which must not free what it gives.
            if (weights.Add(tensor))
            {
                tensor.DetachFromDisposeScope();
            }
        }
    }
}
