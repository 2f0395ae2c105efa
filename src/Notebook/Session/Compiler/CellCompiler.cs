// What cells compile against and load from: assemblies, imports, the libraries of other cells. The variables are the session's.
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Session.Assemblies;
using Notebook.Session.Errors;
using Notebook.Session.Variables;

namespace Notebook.Session.Compiler;

/// <summary>What the cells of a session find around them. Safe to use from several threads.</summary>
internal sealed class CellCompiler : IDisposable
{
    private static readonly string[] DefaultNamespaces =
    [
        "System",
        "System.Collections",
        "System.Collections.Generic",
        "System.Diagnostics",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Text",
        "System.Text.Json",
        "System.Text.RegularExpressions",
        "System.Threading",
        "System.Threading.Tasks",
        "Microsoft.DotNet.Interactive.Formatting",
        "Notebook",
    ];

    private static readonly Assembly Kernels = typeof(Microsoft.DotNet.Interactive.Kernel).Assembly;
    private static readonly string KernelsName = Kernels.GetName().Name!;

    private readonly Lock gate = new();
    private readonly CellLibraries libraries;
    private readonly List<string> imports = [.. DefaultNamespaces];
    private readonly CellReferences references = new();
    private readonly CellAssemblies assemblies;
    private readonly CellAssemblyLoader loader;
    private ScriptOptions options;
    private bool hasNew = true;

    public CellCompiler(CellAssemblies assemblies)
    {
        (this.assemblies, libraries, loader) = (assemblies, new(assemblies), new(assemblies));
        options = ScriptOptions
            .Default.WithLanguageVersion(LanguageVersion.Latest)
            .WithImports(DefaultNamespaces)
            .WithAllowUnsafe(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithMetadataResolver(new CellReferenceResolver());
        AddReference(typeof(INotebook).Assembly);
        AddReference(typeof(CellCompiler).Assembly);
        AddReference(typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Assembly);
        AddReference(typeof(Microsoft.AspNetCore.Html.IHtmlContent).Assembly);
        assemblies.Register(Kernels, isAloof: true);
    }

    /// <summary>Makes an assembly usable, and imports namespaces, or types with <c>static</c> before them.</summary>
    public void AddReference(Assembly assembly, params IEnumerable<string> namespaces)
    {
        lock (gate)
        {
            if (references.Add(assembly))
            {
                if (assembly.GetReferencedAssemblies().Any(each => each.Name == KernelsName))
                {
                    ReferToKernels(KernelsName);
                }

                hasNew = true;
                assemblies.Register(assembly);
            }

            foreach (var name in namespaces)
            {
                imports.Add(name);
                options = options.AddImports(
                    name.StartsWith("static ", StringComparison.Ordinal) ? name["static ".Length..].Trim() : name
                );
            }
        }
    }

    /// <summary>Compiles the part of a cell that is a library, and makes it usable.</summary>
    /// <param name="library">The library.</param>
    /// <param name="file">What stack traces call it.</param>
    /// <param name="last">The cell before, whose usings hold in it; null for the first one.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <returns>What does not compile.</returns>
    public IReadOnlyList<CellDiagnostic> Add(
        CellLibrary library,
        string file,
        Script? last,
        CancellationToken cancellation
    )
    {
        List<MetadataReference> known;
        lock (gate)
        {
            ReferToKernels(library.Code);
            known = [.. references.All];
        }

        var (assembly, compiled, errors) = libraries.Add(
            library,
            file,
            known,
            SessionUsings.Of(last, imports),
            cancellation
        );
        if (assembly is not null)
        {
            lock (gate)
            {
                references.Replace(compiled);
                hasNew = true;
                if (library.Types.Any(type => !type.Contains('.')) && !options.Imports.Contains(CellLibrary.Namespace))
                {
                    options = options.AddImports(CellLibrary.Namespace);
                    imports.Add(CellLibrary.Namespace);
                }
            }
        }

        return errors;
    }

    /// <summary>A text as the cell after another, not compiled yet.</summary>
    /// <param name="from">The cell before, as it ran; null for none.</param>
    /// <param name="code">The text.</param>
    /// <param name="file">What stack traces call it; null for nothing.</param>
    public Script<object> Continue(SessionState? from, string code, string? file = null) =>
        Continue(from?.Script, code, file);

    /// <summary>A text as the cell after another that need not have run.</summary>
    public Script<object> Continue(Script? from, string code, string? file = null)
    {
        ScriptOptions current;
        lock (gate)
        {
            ReferToKernels(code);
            if (hasNew)
            {
                options = options.WithReferences(references.All);
                hasNew = false;
            }

            current = file is null ? options : options.WithFilePath(file);
        }

        return from is null
            ? CSharpScript.Create<object>(code, current, typeof(CellGlobals))
            : from.ContinueWith<object>(code, WithoutInherited(from, current));
    }

    // Microsoft.DotNet.Interactive costs 14 MB: it is a reference from where something names it.
    private void ReferToKernels(string code)
    {
        if (code.Contains(KernelsName, StringComparison.Ordinal) && references.Add(Kernels))
        {
            hasNew = true;
        }
    }

    /// <summary>
    /// The options with what a cell does not inherit from those before it alone. Roslyn adds up what each is given: two
    /// hundred references, repeated, are two hundred thousand after a thousand cells, in every one of them.
    /// </summary>
    private static ScriptOptions WithoutInherited(Script previous, ScriptOptions current)
    {
        var references = new HashSet<MetadataReference>(ReferenceEqualityComparer.Instance);
        var imports = new HashSet<string>(StringComparer.Ordinal);
        for (var script = previous; script is not null; script = script.Previous)
        {
            references.UnionWith(script.Options.MetadataReferences);
            imports.UnionWith(script.Options.Imports);
        }

        return current
            .WithReferences(current.MetadataReferences.Where(each => !references.Contains(each)))
            .WithImports(current.Imports.Where(each => !imports.Contains(each)));
    }

    /// <summary>Compiles a cell and loads it.</summary>
    /// <inheritdoc cref="CompiledCell.From"/>
    public (CompiledCell? Cell, IReadOnlyList<Diagnostic> Found) Compile(
        Script script,
        CancellationToken cancellation
    ) => CompiledCell.From(script, loader, cancellation);

    /// <inheritdoc cref="CellAssemblyLoader.CollectUnloaded"/>
    public void CollectUnloaded() => loader.CollectUnloaded();

    /// <inheritdoc/>
    public void Dispose() => libraries.Dispose();
}
