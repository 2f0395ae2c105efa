using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TResNet.Compute;

namespace TResNet.Kernels;

/// <summary>
/// What TorchSharp 0.107.0's bridge exports for its own <c>autograd.SingleTensorFunction</c>. None of it is public, so that it is used with that
/// version alone.
/// </summary>
internal static unsafe partial class AutogradExports
{
    /// <summary>Called by libtorch's engine with the gradients of the outputs (0 for undefined), for those of the inputs.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate NativeArray ApplyCallback(nint* gradients, int count);

    /// <summary>Called once, when the graph lets go of a node.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate void DeleteCallback();

    /// <summary>The node that was made last on this thread: <c>std::shared_ptr</c> and <c>std::weak_ptr</c>.</summary>
    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_CSharpNode_ctor")]
    public static partial NodePointer MakeNode(nint apply, nint delete);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_CSharpNode_disposeSharedPtr")]
    public static partial void DropShared(NodePointer node);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_CSharpNode_disposeWeakPtr")]
    public static partial void DropWeak(NodePointer node);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_CSharpNode_setNextEdges")]
    public static partial void SetNextEdges(NodePointer node, NativeArray inputs, byte isExecutable);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_CSharpNode_clearInputMetadata")]
    public static partial void ClearInputMetadata(NodePointer node);

    /// <summary>Gives tensors their place in the graph, and those that were changed another version.</summary>
    public static nint[] WrapOutputs(
        ReadOnlySpan<nint> inputs,
        ReadOnlySpan<nint> dirty,
        ReadOnlySpan<nint> outputs,
        NodePointer node
    )
    {
        wrapped = null;
        fixed (nint* i = inputs)
        fixed (nint* d = dirty)
        fixed (nint* o = outputs)
        {
            Wrap(new(i, inputs.Length), default, new(d, dirty.Length), new(o, outputs.Length), node, &Allocate);
        }

        try
        {
            Check();
            return new ReadOnlySpan<nint>(wrapped, outputs.Length).ToArray();
        }
        finally
        {
            NativeMemory.Free(wrapped);
            wrapped = null;
        }
    }

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_SavedVariable_ctor")]
    public static partial nint Save(nint tensor, NodePointer node, byte isInPlaceOnView);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_SavedVariable_dispose")]
    public static partial void DropSaved(nint saved);

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_SavedVariable_unpack")]
    public static partial nint Unpack(nint saved, NodePointer node);

    /// <summary>Used to fail: of a tensor without a history it leaves an error to be found by the caller's next check.</summary>
    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_backward")]
    public static partial void Backward(
        nint* tensors,
        long count,
        nint* gradients,
        long gradientCount,
        byte retainGraph,
        byte createGraph,
        nint* inputs,
        long inputCount
    );

    /// <summary>Throws what the last call of this thread failed with.</summary>
    /// <exception cref="ExternalException">It failed.</exception>
    public static void Check()
    {
        var error = TakeError();
        if (error != 0)
        {
            var message = Marshal.PtrToStringUTF8(error) ?? "";
            NativeMemory.Free((void*)error);
            throw new ExternalException(message.Split('\n')[0]);
        }
    }

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSTorch_get_and_reset_last_err")]
    private static partial nint TakeError();

    [LibraryImport(NativeLibraries.TorchSharpBridge, EntryPoint = "THSAutograd_Function_wrapOutputs")]
    private static partial void Wrap(
        NativeArray inputs,
        NativeArray nonDifferentiable,
        NativeArray dirty,
        NativeArray outputs,
        NodePointer node,
        delegate* unmanaged[Cdecl]<nint, nint*> allocate
    );

    [ThreadStatic]
    private static nint* wrapped;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint* Allocate(nint count) => wrapped = (nint*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(nint));

    /// <summary>Tensors by handle.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct NativeArray(nint* first, long count)
    {
        private readonly nint* first = first;
        private readonly long count = count;
    }

    /// <summary>A node.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NodePointer
    {
        /// <summary>Keeps it alive until the graph does.</summary>
        public nint Shared;

        /// <summary>Finds it as long as it lives.</summary>
        public nint Weak;
    }
}
