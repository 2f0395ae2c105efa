using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// An exception in a backward of ours on its way to the caller. It cannot pass through libtorch's frames, so the node fails in a way that makes TorchSharp
/// throw an error of its own; while that is thrown, it gets the original's message and the original inside.
/// </summary>
internal static class BackwardFailure
{
    [ThreadStatic]
    private static Exception? pending;

    [ThreadStatic]
    private static bool isInGrad;

    /// <summary>Whether a node of this backward has failed already.</summary>
    public static bool IsPending => pending is not null;

    /// <summary>Whether that backward was begun by <c>autograd.grad</c>, which catches no error of libtorch's.</summary>
    public static bool IsInGrad => isInGrad;

    /// <summary>The exception that a node of ours ended a backward with, as it was thrown, or else the one that is given.</summary>
    public static Exception Original(Exception thrown) =>
        thrown is ExternalException { InnerException: { } inner } && thrown.Data.Contains(typeof(BackwardFailure))
            ? inner
            : thrown;

    /// <summary>Runs a backward, and throws what a node of ours ends it with as it was thrown.</summary>
    public static void Unwrap(Action backward)
    {
        try
        {
            backward();
        }
        catch (ExternalException thrown) when (!ReferenceEquals(Original(thrown), thrown))
        {
            ExceptionDispatchInfo.Throw(Original(thrown));
        }
    }

    /// <summary>Remembers the first failure of a backward.</summary>
    public static void Set(Exception failure)
    {
        if (pending is null)
        {
            pending = failure;
            isInGrad = Array.Exists(
                new StackTrace(false).GetFrames(),
                frame =>
                    frame.GetMethod() is { Name: nameof(autograd.grad) } method
                    && method.DeclaringType == typeof(autograd)
            );
            AppDomain.CurrentDomain.FirstChanceException += Explain;
        }
    }

    /// <summary>Leaves an error in TorchSharp's bridge, which it throws after its present call, whatever came of that.</summary>
    public static unsafe void LeaveError()
    {
        using var scalar = tensor(0f);
        var handle = scalar.Handle;
        AutogradExports.Backward(&handle, 1, null, 0, 0, 0, null, 0);
    }

    private static void Explain(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (pending is { } failure && e.Exception is ExternalException error)
        {
            pending = null;
            AppDomain.CurrentDomain.FirstChanceException -= Explain;
            Message(error) = failure.Message;
            Inner(error) = failure;
            error.Data[typeof(BackwardFailure)] = true;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? Inner(Exception exception);
}
