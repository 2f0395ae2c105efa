namespace TResNet.Graphs;

/// <summary>
/// Who reads what in a graph, counted once for a pass. It stays right while the pass joins what makes a value with the value's only reader: what the
/// maker read is then read by the reader, as often.
/// </summary>
internal sealed class Readers
{
    private readonly Dictionary<Value, int> uses = [];
    private readonly Dictionary<Value, int> last = [];
    private readonly Dictionary<Value, int> positions = [];

    internal Readers(Graph graph)
    {
        for (var i = 0; i < graph.Values.Count; i++)
        {
            positions[graph.Values[i]] = i;
            foreach (var input in graph.Values[i].Operation.Inputs)
            {
                Read(input, i);
            }
        }

        foreach (var output in graph.Outputs)
        {
            Read(output, graph.Values.Count);
        }
    }

    /// <summary>Where a value is made; -1 for the input.</summary>
    internal int Position(Value value) => positions.GetValueOrDefault(value, -1);

    /// <summary>Where a value is read for the last time; the number of values for an output.</summary>
    internal int Last(Value value) => last.GetValueOrDefault(value, -1);

    /// <summary>Whether a value is read once.</summary>
    internal bool IsReadOnce(Value value) => uses.GetValueOrDefault(value) == 1;

    /// <summary>What makes a value that is read once; null where it is another operation or read more often.</summary>
    internal T? MakerForOne<T>(Value? value)
        where T : Operation => value is not null && IsReadOnce(value) ? value.Operation as T : null;

    /// <summary>What its maker read is read here now, which may be later.</summary>
    internal void Replace(Value value, Operation operation)
    {
        value.Operation = operation;
        foreach (var input in operation.Inputs)
        {
            last[input] = Math.Max(Last(input), Position(value));
        }
    }

    private void Read(Value value, int position)
    {
        uses[value] = uses.GetValueOrDefault(value) + 1;
        last[value] = Math.Max(Last(value), position);
    }
}
