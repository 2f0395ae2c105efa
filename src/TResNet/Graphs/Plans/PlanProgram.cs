using System.Text;
using TResNet.Compute;
using static TorchSharp.torch;
using static TResNet.Graphs.PlanNative;

namespace TResNet.Graphs;

/// <summary>
/// A graph as the library of kernels takes it, operation by operation; what the library has nothing for is called back. A plan has copies of all numbers but calls
/// back what <see cref="Calls"/> holds, as long as it lives.
/// </summary>
internal sealed unsafe class PlanProgram : IDisposable
{
    private readonly Graph graph;
    private readonly Dictionary<Value, int> values = [];
    private readonly List<Tensor> numbers = [];
    private readonly List<OpaqueCall> calls = [];
    private nint handle;

    /// <summary>Writes the program of a graph of one output.</summary>
    /// <exception cref="PlanException">The library does not take it.</exception>
    internal PlanProgram(Graph graph)
    {
        this.graph = graph;
        Check(tresnet_program_new(out handle));
        try
        {
            using var _ = no_grad();
            Write();
        }
        catch
        {
            calls.ForEach(call => call.Dispose());
            Dispose();
            throw;
        }
    }

    /// <summary>What plans of it call back; the caller's to free after them. The graph has to live as long, if there are any.</summary>
    internal IReadOnlyList<OpaqueCall> Calls => calls;

    /// <summary>The library's.</summary>
    internal nint Handle => handle;

    /// <summary>Plans made from it live on.</summary>
    public void Dispose()
    {
        if (handle != 0)
        {
            tresnet_program_free(handle);
            handle = 0;
        }

        numbers.ForEach(tensor => tensor.Dispose());
        numbers.Clear();
    }

    /// <summary>A new value of these sizes.</summary>
    internal int Declare(params IReadOnlyList<long> sizes)
    {
        var array = sizes.ToArray();
        fixed (long* first = array)
        {
            Check(tresnet_program_value(handle, first, array.Length, out var value));
            return value;
        }
    }

    /// <summary>The value that stands for one of the graph's.</summary>
    internal int this[Value? value] => value is null ? 0 : values[value];

    /// <summary>The address of numbers, which stay there as long as this; 0 for none.</summary>
    internal nint Numbers(Tensor? tensor)
    {
        if (tensor is null)
        {
            return 0;
        }

        var kept = tensor.contiguous().DetachFromDisposeScope();
        numbers.Add(kept);
        return TensorMemory.Address(kept);
    }

    internal void Add(PlanOperation operation) => Check(tresnet_program_add(handle, &operation));

    /// <summary>The same numbers as a value of other sizes.</summary>
    internal int Alias(int value, IReadOnlyList<long> sizes)
    {
        var alias = Declare(sizes);
        AddAlias(value, alias);
        return alias;
    }

    /// <summary>The same, for a value that is declared.</summary>
    internal void AddAlias(int value, int alias) =>
        Add(
            new PlanOperation
            {
                Kind = PlanKind.Alias,
                Input = value,
                Output = alias,
            }
        );

    /// <summary>An operation whose result goes through a function; where the library has not that function, by one more operation.</summary>
    internal void Add(PlanOperation operation, Nonlinearity function, IReadOnlyList<long> sizes)
    {
        if (!Functions.Set(ref operation, function))
        {
            var result = operation.Output;
            operation.Output = Declare(sizes);
            Add(operation);
            Functions.AddApart(this, function, operation.Output, result, sizes);
            return;
        }

        Add(operation);
    }

    /// <summary>Parts one after another, or their sum.</summary>
    internal void AddParts(PlanKind kind, ReadOnlySpan<PlanPart> parts, int output, int gate = 0)
    {
        fixed (PlanPart* first = parts)
        {
            Add(
                new PlanOperation
                {
                    Kind = kind,
                    Output = output,
                    Gate = gate,
                    Parts = first,
                    PartsCount = parts.Length,
                }
            );
        }
    }

    /// <summary>What is called back.</summary>
    internal void AddCall(
        string name,
        Func<IReadOnlyList<Tensor>, Tensor> function,
        IReadOnlyList<(int Value, IReadOnlyList<long> Sizes)> inputs,
        int output,
        IReadOnlyList<long> sizes
    )
    {
        var call = new OpaqueCall(
            function,
            [.. inputs.Select(input => input.Sizes.ToArray())],
            [.. sizes],
            plain: false
        );
        calls.Add(call);
        int[] given = [.. inputs.Select(input => input.Value)];
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        fixed (int* first = given)
        {
            Add(
                new PlanOperation
                {
                    Kind = PlanKind.Opaque,
                    Name = text,
                    Compute = OpaqueCall.Function,
                    State = call.State,
                    Inputs = first,
                    InputsCount = given.Length,
                    Outputs = &output,
                    OutputsCount = 1,
                }
            );
        }
    }

    /// <summary>An operation of the graph that the library has nothing for, by libtorch's operators.</summary>
    internal void AddInterpreted(Value value)
    {
        var operation = value.Operation;
        Value[] inputs = [.. operation.Inputs.Distinct()];
        AddCall(
            operation is Opaque opaque ? opaque.Name : operation.Text,
            tensors => Interpreter.Compute(operation, input => tensors[Array.IndexOf(inputs, input)]),
            [.. inputs.Select(input => (this[input], input.Shape))],
            this[value],
            value.Shape
        );
    }

    private void Write()
    {
        // Both ends are there before what reads and makes them.
        var wanted = graph.Outputs.Single();
        values[graph.Input] = Declare(graph.Input.Shape);
        values.TryAdd(wanted, wanted == graph.Input ? values[wanted] : Declare(wanted.Shape));
        Check(tresnet_program_ends(handle, this[graph.Input], this[wanted]));

        // What reads parts of a value names them itself.
        var whole = graph
            .Values.Where(value => value.Operation is not (Slice or Concatenation or Mix))
            .SelectMany(value => value.Operation.Inputs)
            .Concat(graph.Outputs)
            .ToHashSet();
        foreach (var value in graph.Values)
        {
            if (value.Operation is not Slice || whole.Contains(value))
            {
                values[value] = value == wanted ? values[value] : Declare(value.Shape);
                PlanOperations.Add(this, value);
            }
        }
    }
}
