using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;
using Notebook.Outputs;

namespace Notebook.DotNetInteractive;

/// <summary>A language of the notebook as a kernel: what is sent to it runs as a cell beside the running one.</summary>
/// <param name="name">The language.</param>
/// <param name="selector">What a cell in it begins with.</param>
/// <param name="notebook">Holds the variables.</param>
/// <param name="run">Runs a cell.</param>
internal sealed class CellKernel(
    string name,
    string selector,
    INotebook notebook,
    Func<string, Action<Output>, CancellationToken, Task<CellResult>> run
)
    : Kernel(name),
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<SendValue>,
        IKernelCommandHandler<RequestValue>,
        IKernelCommandHandler<RequestValueInfos>
{
    /// <inheritdoc/>
    public Task HandleAsync(SubmitCode command, KernelInvocationContext context) =>
        RunAsync(selector + command.Code, command, context);

    /// <summary>Runs a text as a cell.</summary>
    /// <param name="text">The text.</param>
    /// <param name="command">What it was sent with.</param>
    /// <param name="context">Gets what it emits.</param>
    public async Task RunAsync(string text, KernelCommand command, KernelInvocationContext context)
    {
        var result = await run(
            text,
            output =>
            {
                if (KernelOutputs.ToEvent(output, command) is { } published)
                {
                    context.Publish(published);
                }
            },
            context.CancellationToken
        );
        if (result.Error is { } error)
        {
            context.Fail(
                command,
                message: string.Join('\n', error.Traceback.Prepend($"{error.Name}: {error.Value}").Distinct())
            );
        }
    }

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context)
    {
        notebook.SetVariable(command.Name, command.Value ?? command.FormattedValue.Value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        if (notebook.TryGetVariable(command.Name, out var value))
        {
            var formatted = FormattedValue.CreateSingleFromObject(value, command.MimeType);
            context.Publish(new ValueProduced(value, command.Name, formatted, command));
        }
        else
        {
            context.Fail(command, message: $"There is no variable '{command.Name}'.");
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        var known = notebook
            .VariableNames.Where(each => notebook.TryGetVariable(each, out _))
            .Select(each =>
            {
                notebook.TryGetVariable(each, out var value);
                var formatted = FormattedValue.CreateSingleFromObject(value!, command.MimeType);
                return new KernelValueInfo(each, formatted, value!.GetType());
            });
        context.Publish(new ValueInfosProduced([.. known], command));
        return Task.CompletedTask;
    }
}
