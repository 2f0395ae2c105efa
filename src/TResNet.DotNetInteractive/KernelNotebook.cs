using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook;
using Notebook.DotNetInteractive;
using TResNet.Interactive;

namespace TResNet.DotNetInteractive;

/// <summary>.NET Interactive's kernels as the notebook that an extension is loaded into.</summary>
internal sealed class KernelNotebook : INotebook
{
    private readonly CompositeKernel root;
    private readonly Kernel csharp;
    private readonly HashSet<Type> messageExceptions = [typeof(CommandException)];
    private readonly List<string> references = [];
    private readonly List<string> usings = [];

    private KernelNotebook(CompositeKernel root, Kernel csharp) => (this.root, this.csharp) = (root, csharp);

    /// <inheritdoc/>
    public IReadOnlyList<string> VariableNames =>
        [
            .. Events<ValueInfosProduced>(new RequestValueInfos(csharp.Name))
                .SelectMany(each => each.ValueInfos)
                .Select(each => each.Name),
        ];

    /// <summary>Loads TResNet's extension into a host.</summary>
    /// <inheritdoc cref="Extension.LoadAsync"/>
    public static Task LoadAsync(Kernel kernel)
    {
        var root =
            kernel.RootKernel as CompositeKernel
            ?? throw new InvalidOperationException(
                "TResNet is loaded into .NET Interactive's root, a CompositeKernel."
            );
        var csharp =
            root.FindKernelByName("csharp")
            ?? throw new InvalidOperationException("TResNet needs a kernel called csharp, and this host has none.");
        var notebook = new KernelNotebook(root, csharp);
        new TResNetExtension().Load(notebook);
        csharp.DeferCommand(
            new SubmitCode(string.Join('\n', notebook.references.Concat(notebook.usings)), csharp.Name)
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void AddMagic(Command command)
    {
        command.Options.Add(new HelpOption());
        root.AddDirective(
            MagicDirective.Of(command),
            (line, context) => CommandDirective.RunAsync(command, line, context, this, IsMessage)
        );
    }

    /// <inheritdoc/>
    public void AddReference(Assembly assembly, params string[] namespaces)
    {
        references.Add($"#r \"{assembly.Location}\"");
        usings.AddRange(namespaces.Select(each => $"using {each};"));
    }

    /// <inheritdoc/>
    public void AddMessageException(Type exceptionType) => messageExceptions.Add(exceptionType);

    /// <inheritdoc/>
    public IDisplayedValue Display(object value)
    {
        var context =
            KernelInvocationContext.Current
            ?? throw new InvalidOperationException("Nothing can be displayed now: no cell is running.");
        string[] forms =
            value is string ? [PlainTextFormatter.MimeType] : [HtmlFormatter.MimeType, PlainTextFormatter.MimeType];
        return new Shown(KernelInvocationContextExtensions.Display(context, value, forms));
    }

    /// <inheritdoc/>
    public void SetVariable(string name, object value)
    {
        var type = value.GetType();
        while (!type.IsVisible)
        {
            type = type.BaseType!;
        }

        // The method is the C# kernel's own, whose assembly would bring all of Roslyn along.
        ((Task)((dynamic)csharp).SetValueAsync(name, value, type))
            .GetAwaiter()
            .GetResult();
    }

    /// <inheritdoc/>
    public bool TryGetVariable(string name, [NotNullWhen(true)] out object? value)
    {
        value = VariableNames.Contains(name)
            ? Events<ValueProduced>(new RequestValue(name, targetKernelName: csharp.Name)).FirstOrDefault()?.Value
            : null;
        return value is not null;
    }

    private bool IsMessage(Exception exception) => messageExceptions.Any(each => each.IsInstanceOfType(exception));

    private IEnumerable<T> Events<T>(KernelCommand command)
        where T : KernelEvent => csharp.SendAsync(command).GetAwaiter().GetResult().Events.OfType<T>();

    private sealed class Shown(DisplayedValue shown) : IDisplayedValue
    {
        /// <inheritdoc/>
        public void Update(object value) => shown.Update(value);
    }
}
