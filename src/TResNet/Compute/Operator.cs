using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// An operator of libtorch by its schema name, called boxed through libtorch's stable C functions
/// (<c>torch/csrc/stable/c/shim.h</c>): for those that TorchSharp does not pass on. Autograd is recorded as always.
/// </summary>
/// <param name="name">Such as <c>aten::contiguous</c>.</param>
/// <param name="overload">Such as <c>Tensor</c>; most have none.</param>
internal sealed unsafe partial class Operator(string name, string overload = "")
{
    private const ulong Version = (2UL << 56) | (10UL << 48);
    private const int Most = 24;

    private readonly byte[] nameBytes = Encoding.UTF8.GetBytes(name + '\0');
    private readonly byte[] overloadBytes = Encoding.UTF8.GetBytes(overload + '\0');

    /// <summary>Calls it for its one result, which belongs to the current dispose scope.</summary>
    /// <exception cref="ExternalException">libtorch refused; the message names the operator and the shapes that it got.</exception>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        Span<ulong> stack = stackalloc ulong[Most];
        Invoke(arguments, stack);
        return Tensor.UnsafeCreateTensor((nint)stack[0]);
    }

    /// <summary>Calls it for several results.</summary>
    /// <param name="results">As many as the operator has; null stands for one that is undefined.</param>
    /// <param name="arguments">As in its schema, the last ones included.</param>
    /// <exception cref="ExternalException">libtorch refused.</exception>
    public void Call(Span<Tensor?> results, params ReadOnlySpan<Argument> arguments)
    {
        Span<ulong> stack = stackalloc ulong[Most];
        Invoke(arguments, stack);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Taken((nint)stack[i]);
        }
    }

    /// <summary>Calls it for an integer.</summary>
    public long CallInteger(params ReadOnlySpan<Argument> arguments)
    {
        Span<ulong> stack = stackalloc ulong[Most];
        Invoke(arguments, stack);
        return (long)stack[0];
    }

    /// <summary>Calls one without a result.</summary>
    public void CallVoid(params ReadOnlySpan<Argument> arguments)
    {
        Span<ulong> stack = stackalloc ulong[Most];
        Invoke(arguments, stack);
    }

    /// <summary>Another handle of a tensor, which keeps it alive until it is deleted.</summary>
    public static nint NewHandle(Tensor tensor)
    {
        aoti_torch_new_tensor_handle(tensor.Handle, out var handle);
        return handle;
    }

    /// <summary>Ends a handle that no <see cref="Tensor"/> has.</summary>
    public static void DeleteHandle(nint handle) => aoti_torch_delete_tensor_object(handle);

    private static Tensor? Taken(nint handle)
    {
        if (handle == 0)
        {
            return null;
        }

        aoti_torch_is_defined(handle, out var defined);
        if (defined != 0)
        {
            return Tensor.UnsafeCreateTensor(handle);
        }

        aoti_torch_delete_tensor_object(handle);
        return null;
    }

    private void Invoke(ReadOnlySpan<Argument> arguments, Span<ulong> stack)
    {
        TorchLibrary.Load();
        for (var i = 0; i < arguments.Length; i++)
        {
            stack[i] = arguments[i].Lend();
        }

        int status;
        fixed (byte* n = nameBytes)
        fixed (byte* o = overloadBytes)
        fixed (ulong* s = stack)
        {
            status = torch_call_dispatcher(n, o, s, Version);
        }

        if (status != 0)
        {
            throw new ExternalException(
                $"{name} refused its arguments ({string.Join(", ", Describe(arguments))}); libtorch's reason is on the standard error output."
            );
        }
    }

    private static List<string> Describe(ReadOnlySpan<Argument> arguments)
    {
        var texts = new List<string>();
        foreach (var argument in arguments)
        {
            texts.Add(argument.ToString());
        }

        return texts;
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int torch_call_dispatcher(byte* name, byte* overload, ulong* stack, ulong version);

    [LibraryImport(NativeLibraries.TorchCpu)]
    internal static partial int aoti_torch_new_tensor_handle(nint tensor, out nint result);

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int aoti_torch_delete_tensor_object(nint tensor);

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int aoti_torch_is_defined(nint tensor, out byte defined);
}
