using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;
using static TResNet.Kernels.AutogradExports;

namespace TResNet.Kernels;

/// <summary>
/// A node of libtorch's autograd graph whose backward is C#. TorchSharp's own (<c>autograd.SingleTensorFunction</c>) keeps a tensor as large as each
/// output, ends the process on an exception, and leaves backward's tensors to the collector.
/// </summary>
/// <remarks>
/// A forward makes the node with its inputs, computes without autograd, attaches the results, saves what backward needs, and disposes the node: from
/// then on it belongs to the graph, which may run it on any thread and ends it.
/// </remarks>
internal abstract unsafe class AutogradNode : IDisposable
{
    private static int alive;

    private readonly Callbacks callbacks;
    private readonly (long[] Shape, ScalarType Type)[] inputs;
    private readonly bool[] needs;
    private readonly nint[] handles;
    private readonly List<Saved> saved = [];
    private NodePointer pointer;
    private bool isReleased;

    /// <summary>Makes a node.</summary>
    /// <param name="inputs">What gradients go to, one for each; they have to live until the results are attached.</param>
    protected AutogradNode(params ReadOnlySpan<Tensor> inputs)
    {
        this.inputs = new (long[], ScalarType)[inputs.Length];
        needs = new bool[inputs.Length];
        handles = new nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            this.inputs[i] = (inputs[i].shape, inputs[i].dtype);
            needs[i] = inputs[i].requires_grad;
            handles[i] = inputs[i].Handle;
        }

        callbacks = Callbacks.Rent(this);
        pointer = MakeNode(callbacks.ApplyPointer, callbacks.DeletePointer);
        Interlocked.Increment(ref alive);
        fixed (nint* first = handles)
        {
            SetNextEdges(pointer, new(first, handles.Length), 1);
        }

        ClearInputMetadata(pointer);
        Check();
    }

    /// <summary>Nodes of the process that a graph or a forward holds.</summary>
    public static int Alive => Volatile.Read(ref alive);

    /// <summary>The node's place in libtorch.</summary>
    public NodePointer Pointer => pointer;

    /// <summary>Whether a gradient of any of them is wanted.</summary>
    public static bool IsWanted(params ReadOnlySpan<Tensor?> inputs)
    {
        if (!is_grad_enabled())
        {
            return false;
        }

        foreach (var input in inputs)
        {
            if (input?.requires_grad == true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the gradient of an input is wanted.</summary>
    protected bool Needs(int input) => needs[input];

    /// <summary>The shape of an input.</summary>
    protected long[] ShapeOf(int input) => inputs[input].Shape;

    /// <summary>Gives the result its place in the graph.</summary>
    /// <param name="result">Computed without autograd; disposed.</param>
    public Tensor Attach(Tensor result)
    {
        using (result)
        {
            return Attach([result], [])[0];
        }
    }

    /// <summary>Gives results their place in the graph.</summary>
    /// <param name="results">Computed without autograd.</param>
    /// <param name="dirty">Those of them that are inputs, changed in place.</param>
    /// <returns>The same tensors.</returns>
    public Tensor[] Attach(ReadOnlySpan<Tensor> results, ReadOnlySpan<Tensor> dirty)
    {
        var wrapped = WrapOutputs(handles, Handles(dirty), Handles(results), pointer);
        return Array.ConvertAll(wrapped, Tensor.UnsafeCreateTensor);
    }

    /// <summary>Keeps a tensor for backward: an input, a result that was attached, or another.</summary>
    public Saved Save(Tensor tensor)
    {
        var one = new Saved(this, tensor);
        saved.Add(one);
        return one;
    }

    /// <summary>Leaves the node to the graph.</summary>
    public void Dispose()
    {
        if (pointer.Shared != 0)
        {
            var last = pointer;
            pointer.Shared = 0;
            // Without a graph that holds it, this deletes it.
            DropShared(last);
        }
    }

    /// <summary>Computes gradients. Tensors that it makes are disposed when it returns, except for the results.</summary>
    /// <param name="gradients">Of the outputs; null where one is undefined, but not all of them.</param>
    /// <param name="results">Receives those of the inputs; what stays null is undefined, which counts as zero.</param>
    protected abstract void Backward(Tensor?[] gradients, Tensor?[] results);

    /// <summary>Lets go of what is kept for backward beside saved tensors; may be called twice.</summary>
    protected virtual void Release() { }

    private static nint[] Handles(ReadOnlySpan<Tensor> tensors)
    {
        var list = new nint[tensors.Length];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = tensors[i].Handle;
        }

        return list;
    }

    private NativeArray Apply(nint* gradients, int count)
    {
        ReturnedGradients.Free();
        try
        {
            using var scope = NewDisposeScope();
            var incoming = new Tensor?[count];
            for (var i = 0; i < count; i++)
            {
                incoming[i] = gradients[i] == 0 ? null : Tensor.UnsafeCreateTensor(gradients[i]);
            }

            if (BackwardFailure.IsPending)
            {
                return Failed();
            }

            var results = new Tensor?[inputs.Length];
            if (Array.Exists(incoming, gradient => gradient is not null))
            {
                if (isReleased)
                {
                    throw new InvalidOperationException(
                        "Trying to backward through the graph a second time: what it kept was freed by the first. Pass retain_graph: true there."
                    );
                }

                Backward(incoming, results);
            }

            // As libtorch's own nodes do: maps that are not needed any more make room for gradients. TorchSharp's create_graph does not retain it by itself.
            if (LibTorch.KeepsGraph() == 0 && !is_grad_enabled())
            {
                ReleaseSaved();
            }

            return ReturnedGradients.Set(results);
        }
        catch (Exception failure)
        {
            BackwardFailure.Set(failure);
            return Failed();
        }
    }

    // No gradients are an error, which libtorch raises; but TorchSharp's autograd.grad would let it end the process.
    private NativeArray Failed()
    {
        if (!BackwardFailure.IsInGrad)
        {
            return default;
        }

        using var scope = NewDisposeScope();
        var nothing = Array.ConvertAll(inputs, Tensor? (input) => zeros(input.Shape, input.Type));
        var returned = ReturnedGradients.Set(nothing);
        BackwardFailure.LeaveError();
        return returned;
    }

    private void ReleaseSaved()
    {
        isReleased = true;
        foreach (var one in saved)
        {
            one.Dispose();
        }

        Release();
    }

    private void Delete()
    {
        try
        {
            ReturnedGradients.Free();
            ReleaseSaved();
            DropWeak(pointer);
        }
        finally
        {
            pointer.Weak = 0;
            Interlocked.Decrement(ref alive);
        }
    }

    /// <summary>A pair of C functions, which carry no state of their own: each serves one node at a time.</summary>
    private sealed class Callbacks
    {
        private static readonly ConcurrentBag<Callbacks> Free = [];
        private readonly ApplyCallback apply;
        private readonly DeleteCallback delete;
        private GCHandle root;
        private AutogradNode? node;

        private Callbacks()
        {
            apply = OnApply;
            delete = OnDelete;
            ApplyPointer = Marshal.GetFunctionPointerForDelegate(apply);
            DeletePointer = Marshal.GetFunctionPointerForDelegate(delete);
        }

        public nint ApplyPointer { get; }

        public nint DeletePointer { get; }

        public static Callbacks Rent(AutogradNode node)
        {
            if (!Free.TryTake(out var callbacks))
            {
                callbacks = new();
            }

            callbacks.node = node;
            callbacks.root = GCHandle.Alloc(callbacks);
            return callbacks;
        }

        private NativeArray OnApply(nint* gradients, int count) => node!.Apply(gradients, count);

        private void OnDelete()
        {
            node!.Delete();
            node = null;
            root.Free();
            Free.Add(this);
        }
    }
}
