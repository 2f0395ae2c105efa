// Extensions of packages for .NET Interactive. What they register at Microsoft.DotNet.Interactive.Formatting holds here too, for there is one copy
// of that; what they add to a kernel is added to ours.
using System.CommandLine;
using System.Reflection;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Notebook.Magics;
using Notebook.Session.Execution;

namespace Notebook.DotNetInteractive;

/// <summary>Loads what implements <see cref="IKernelExtension"/>, and makes magics of the directives that it adds.</summary>
/// <param name="kernels">The kernels that extensions are given.</param>
/// <param name="invocations">What they find around them.</param>
/// <param name="magics">Gets their directives.</param>
internal sealed class ExtensionLoader(Lazy<RootKernel> kernels, KernelInvocations invocations, MagicRegistry magics)
{
    /// <summary>Loads those of an assembly.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> LoadAsync(Assembly assembly)
    {
        var found = TypesOf(assembly)
            .Where(each =>
                each is { IsAbstract: false, IsClass: true } && each.IsAssignableTo(typeof(IKernelExtension))
            )
            .ToList();
        foreach (var type in found)
        {
            using var invocation = invocations.Enter($"// {type.FullName}");
            await ((IKernelExtension)Activator.CreateInstance(type)!).OnLoadAsync(kernels.Value.Root);
        }

        AddDirectives();
        return found.Count;
    }

    /// <summary>Makes magics of directives that were added to the kernels since the last time.</summary>
    public void AddDirectives()
    {
        if (!kernels.IsValueCreated)
        {
            return;
        }

        foreach (var kernel in kernels.Value.Root.ChildKernels.Prepend(kernels.Value.Root).ToList())
        {
            foreach (
                var directive in kernel
                    .KernelInfo.SupportedDirectives.OfType<KernelActionDirective>()
                    .Where(each =>
                        each.Name.StartsWith("#!", StringComparison.Ordinal) && magics.Find(each.Name[2..]) is null
                    )
                    .ToList()
            )
            {
                magics.Add(Command(directive, kernel));
            }
        }
    }

    private Command Command(KernelActionDirective directive, Kernel kernel)
    {
        var command = new Command(directive.Name[2..], directive.Description) { Hidden = directive.Hidden };
        foreach (
            var parameter in directive.Parameters.Where(each => each.Name.StartsWith("--", StringComparison.Ordinal))
        )
        {
            Option option = parameter.Flag ? new Option<bool>(parameter.Name) : new Option<string[]>(parameter.Name);
            option.Description = parameter.Description;
            option.Required = parameter.Required && !parameter.AllowImplicitName;
            command.Add(option);
        }

        var rest = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };
        command.Add(rest);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var invocation = invocations.Enter(directive.Name);
                var line = string.Join(' ', parsed.Tokens.Select(each => Word(each.Value)).Prepend(directive.Name));
                var result = await kernels.Value.Root.SendAsync(new SubmitCode(line, kernel.Name), cancellation);
                AddDirectives();
                var failed = result.Events.OfType<CommandFailed>().FirstOrDefault();
                if ((failed?.Message ?? CellContext.Current?.Failure) is { } reason)
                {
                    throw new CommandException($"{directive.Name} failed: {reason}", failed?.Exception);
                }
            }
        );
        return command;
    }

    private static string Word(string word) =>
        word.Any(char.IsWhiteSpace) || word.Length == 0
            ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : word;

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException incomplete)
        {
            return incomplete.Types.OfType<Type>();
        }
    }
}
