// What a cell is made of, carried out part by part: magics, C# with its directives, and what is shown as it stands.
using System.Diagnostics;
using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Documents;
using Notebook.Language;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Packages;
using Notebook.Session;
using Notebook.Session.Assemblies;
using Notebook.Session.Errors;
using Notebook.Session.Execution;
using Notebook.Session.Formatting;

namespace Notebook;

/// <summary>Runs the parts of cells, and of the files that cells load, in the running cell.</summary>
/// <param name="session">Runs C#.</param>
/// <param name="magics">The magics.</param>
/// <param name="packages">Does what <c>#r</c> asks for.</param>
/// <param name="loader">Finds packages' assemblies by name.</param>
/// <param name="shared">Variables that JavaScript sees, as JSON by name.</param>
internal sealed class CellRunner(
    CSharpSession session,
    MagicRegistry magics,
    PackageManager packages,
    PackageLoader loader,
    IReadOnlyDictionary<string, string> shared
)
{
    private readonly TextLanguages textLanguages = new();
    private readonly HashSet<Type> messageExceptions = [typeof(CommandException), typeof(MissingLibraryException)];

    /// <inheritdoc cref="INotebook.AddMessageException"/>
    public void AddMessageException(Type exceptionType) => messageExceptions.Add(exceptionType);

    /// <summary>Runs a text as a cell or a part of one; the first error ends it.</summary>
    /// <param name="cellText">The text.</param>
    /// <param name="location">Where it stands (<see cref="CodeLocation"/>).</param>
    /// <param name="cell">The cell that runs it.</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <returns>What went wrong, which is not emitted yet; null when nothing did.</returns>
    public async Task<ErrorOutput?> RunAsync(
        string cellText,
        string location,
        CellContext cell,
        CancellationToken cancellation
    )
    {
        try
        {
            CellLimit.Check(cellText);
            Stopwatch? timed = null;
            foreach (var segment in CellSplitter.Split(cellText))
            {
                cancellation.ThrowIfCancellationRequested();
                if (segment is { Kind: SegmentKind.Magic, Text: BuiltInMagics.Time })
                {
                    timed = Stopwatch.StartNew();
                }
                else if (segment.Kind == SegmentKind.Magic)
                {
                    using var culture = Cultures.Invariant();
                    (cell.Language, cell.Below) = (segment.Within, segment.Below);
                    await magics.RunAsync(
                        segment.Text,
                        help => cell.Emit(new DisplayOutput(help.ToBundle())),
                        cancellation
                    );
                }
                else if (segment.Kind == SegmentKind.CSharp)
                {
                    var source = new CellSource(segment.Text, cellText, location);
                    if (await RunCSharpAsync(source, cell, cancellation) is { } error)
                    {
                        return error;
                    }
                }
                else
                {
                    cell.Emit(new DisplayOutput(textLanguages.Show(segment, shared)));
                    if (TextLanguages.MissingIn(segment) is { } missing)
                    {
                        cell.Emit(new StreamOutput(StreamKind.Stderr, missing + "\n"));
                    }
                }
            }

            if (timed is not null)
            {
                cell.Emit(new DisplayOutput(MimeBundle.Plain($"Wall time: {Duration.Format(timed.Elapsed)}")));
            }

            return null;
        }
        catch (Exception exception)
        {
            return ErrorOf(exception, cancellation);
        }
    }

    /// <summary>Runs the code cells of a document, or a file of C#, as if they stood in the running cell. The first error ends it.</summary>
    /// <exception cref="CommandException">The file cannot be read, or it imports itself.</exception>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<ErrorOutput?> RunFileAsync(string name, CellContext cell, CancellationToken cancellation)
    {
        var path = cell.Files.Resolve(name);
        var imported = ImportedCell.Of(File.Exists(path) ? path : name);
        using var running = cell.Files.Enter(path);
        foreach (var each in imported)
        {
            var error = await RunAsync(each.Text, CodeLocation.OfFile(each.Name), cell, cancellation);
            if (error is not null && (!each.MayFail || error.Name == CellError.Interrupted))
            {
                return error;
            }

            if (error is not null)
            {
                cell.Emit(error);
            }
        }

        return null;
    }

    /// <summary>What a reader is told of an exception that code of the notebook threw.</summary>
    public ErrorOutput ErrorOf(Exception exception, CancellationToken cancellation) =>
        IsInterruption(exception, cancellation)
            ? CellError.Interruption()
            : CellError.From(exception, each => messageExceptions.Any(type => type.IsInstanceOfType(each)));

    private async Task<ErrorOutput?> RunCSharpAsync(CellSource source, CellContext cell, CancellationToken cancellation)
    {
        var (rest, directives) = ReferenceDirectives.TakeFrom(source.Code);
        if (!directives.IsEmpty)
        {
            var files = directives.Files.Select(file => cell.Files.Resolve(file));
            await packages.AddAsync(directives with { Files = [.. files] }, cancellation);
        }

        foreach (var file in directives.Loads)
        {
            if (await LoadAsync(file, cell, cancellation) is { } error)
            {
                return error;
            }
        }

        // A cell's own choice ends with it; the default of all threads is a choice for the session.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture ?? CultureInfo.CurrentCulture;
        var result = await RunInSessionAsync(source with { Code = rest }, cell, cancellation);
        if (result.Exception is { } thrown && IsInterruption(thrown, cancellation))
        {
            return CellError.Interruption();
        }

        // What was displayed is on show already.
        if (result.HasValue && result.Result is not DisplayedValue)
        {
            cell.Emit(new ResultOutput(ValueFormatting.Format(result.Result)) { Value = result.Result });
        }

        return result.Exception is { } exception ? ErrorOf(exception, cancellation) : result.Error;
    }

    private async Task<SegmentResult> RunInSessionAsync(
        CellSource source,
        CellContext cell,
        CancellationToken cancellation
    )
    {
        // What the framework loads by name for a cell's sake means what it means in the cell.
        using var reflection = loader.EnterReflection();
        return await session.RunAsync(source, cell, cancellation);
    }

    private async Task<ErrorOutput?> LoadAsync(string name, CellContext cell, CancellationToken cancellation)
    {
        var path = cell.Files.Resolve(name);
        return !File.Exists(path)
                ? throw new CommandException(
                    $"There is no file '{name}' to load: '{path}' is where it was looked for first; correct the path."
                )
            : cell.Files.IsFirst(path) ? await RunFileAsync(path, cell, cancellation)
            : null;
    }

    private static bool IsInterruption(Exception exception, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
        && (
            exception is OperationCanceledException or ThreadInterruptedException
            || exception is AggregateException { InnerExceptions: [var only] } && IsInterruption(only, cancellation)
        );
}
