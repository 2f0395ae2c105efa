// KernelInvocationContext.Current, Kernel.Root and Kernel.GetInputAsync of Microsoft.DotNet.Interactive, as cells and packages use them.
using System.Reactive.Disposables;
using System.Runtime.CompilerServices;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Utility;
using Notebook.Session.Assemblies;
using Notebook.Session.Execution;

namespace Notebook.DotNetInteractive;

/// <summary>
/// Puts an invocation of .NET Interactive's around running code, once something in the session refers to its library: what the code displays
/// or sends there comes out of the cell. Nothing is paid for it before.
/// </summary>
/// <param name="assemblies">Knows whether the library is referred to.</param>
/// <param name="kernels">Makes the kernels, which nobody asks for before.</param>
internal sealed class KernelInvocations(CellAssemblies assemblies, Lazy<RootKernel> kernels) : IDisposable
{
    /// <summary>The library's name.</summary>
    public const string Library = "Microsoft.DotNet.Interactive";

    private static readonly Lock Gate = new();

    // Their library writes to the console what is displayed outside of an invocation, so that from the first one on there is always one.
    private static volatile IDisposable? console;

    /// <summary>Begins an invocation in the calling flow, unless there is one or nobody would look for it.</summary>
    /// <param name="code">The code that runs in it.</param>
    /// <returns>What ends it; null where none began.</returns>
    public IDisposable? Enter(string code) =>
        (console is not null || assemblies.IsReferred(Library)) && CellContext.Current is { } cell
            ? Begin(code, cell)
            : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (kernels.IsValueCreated)
        {
            kernels.Value.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // so that nothing of the library is looked at before
    private IDisposable? Begin(string code, CellContext cell)
    {
        if (KernelInvocationContext.Current is { IsComplete: false })
        {
            return null;
        }

        KeepConsole();
        kernels.Value.AddMagics();
        var kernel = kernels.Value.Cells;
        var context = KernelInvocationContext.GetOrCreateAmbientContext(new SubmitCode(code, kernel.Name));
        SetHandlingKernel(context, kernel);
        var shown = context.KernelEvents.Subscribe(published =>
        {
            if (published is CommandFailed failed && failed.Command == context.Command)
            {
                cell.Failure = failed.Message;
            }
            else if (KernelOutputs.Of(published) is { } output)
            {
                cell.Emit(output);
            }
        });
        var cancelled = cell.Cancellation.Register(() => Cancel(context));
        return Disposable.Create(() =>
        {
            cancelled.Dispose();
            context.Dispose();
            shown.Dispose();
        });
    }

    // The first invocation puts writers of its own in the console's place, and the last one takes them away: one that never ends, and the
    // cells' writers stay.
    private static void KeepConsole()
    {
        lock (Gate)
        {
            if (console is null)
            {
                var (output, error) = (Console.Out, Console.Error);
                console = ConsoleOutput.Subscribe(_ => Disposable.Empty);
                Console.SetOut(output);
                Console.SetError(error);
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_HandlingKernel")]
    private static extern void SetHandlingKernel(KernelInvocationContext context, Kernel kernel);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Cancel")]
    private static extern void Cancel(KernelInvocationContext context);
}
