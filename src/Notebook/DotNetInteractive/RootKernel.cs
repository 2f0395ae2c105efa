using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook.DotNetInteractive;

/// <summary>What <c>Kernel.Root</c> is in a cell: a kernel for each language that runs here, and the answers to questions.</summary>
internal sealed class RootKernel : IDisposable
{
    private readonly MagicRegistry magics;

    /// <summary>Makes the kernels.</summary>
    /// <param name="notebook">Holds the variables.</param>
    /// <param name="magics">The notebook's.</param>
    /// <param name="run">Runs a text as a cell beside the running one.</param>
    public RootKernel(
        INotebook notebook,
        MagicRegistry magics,
        Func<string, Action<Output>, CancellationToken, Task<CellResult>> run
    )
    {
        this.magics = magics;
        Cells = new CellKernel("csharp", "", notebook, run);
        Root.DefaultKernelName = Cells.Name;
        Root.Add(Cells, ["c#"]);
        foreach (var (name, aliases) in TextLanguages.Kernels)
        {
            Root.Add(new CellKernel(name, $"#!{name}\n", notebook, run), aliases);
        }

        Root.Add(new KeyValueStoreKernel());
        Root.RegisterCommandHandler<RequestInput>(
            (asked, context) =>
                Answer(
                    asked,
                    context,
                    () =>
                        new InputProduced(CellContext.AskNow(new InputQuestion(asked.Prompt, asked.IsPassword)), asked)
                )
        );
        Root.RegisterCommandHandler<RequestInputs>(
            (asked, context) =>
                Answer(
                    asked,
                    context,
                    () =>
                        new InputsProduced(
                            asked.Inputs.ToDictionary(
                                each => each.GetPropertyNameForJsonSerialization(),
                                each => CellContext.AskNow(new InputQuestion(each.Prompt, each.TypeHint is "password"))
                            ),
                            asked
                        )
                )
        );
    }

    /// <summary>The kernel of all kernels.</summary>
    public CompositeKernel Root { get; } = [];

    /// <summary>The kernel that stands for the notebook's C#.</summary>
    public CellKernel Cells { get; }

    /// <summary>Makes directives of magics that there are since the last time, so that they are known in what a cell sends.</summary>
    public void AddMagics()
    {
        foreach (var command in magics.Commands)
        {
            if (Root.KernelInfo.SupportedDirectives.All(each => each.Name != "#!" + command.Name))
            {
                Root.AddDirective(
                    MagicDirective.Of(command),
                    (line, context) => Cells.RunAsync(MagicDirective.Line(line), line.Parent ?? line, context)
                );
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Root.Dispose();

    private static Task Answer(KernelCommand asked, KernelInvocationContext context, Func<KernelEvent> answer)
    {
        try
        {
            context.Publish(answer());
        }
        catch (CommandException refused)
        {
            context.Fail(asked, message: refused.Message);
        }

        return Task.CompletedTask;
    }
}
