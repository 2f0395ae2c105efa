using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook;
using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;

namespace TResNet.Cli;

/// <summary>A notebook of one command: results are printed, variables live until it ends. Charts and diagrams, whose numbers the tables have, are left out.</summary>
internal sealed class TerminalNotebook(Terminal terminal) : INotebook
{
    private readonly Dictionary<string, object> variables = [];
    private readonly List<string> names = [];

    // What was shown, each in its last form, where programs read it.
    private readonly List<object> shown = [];

    /// <summary>How results are printed.</summary>
    public OutputFormat Format { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> VariableNames => names;

    /// <inheritdoc/>
    public void AddMagic(Command command) { }

    /// <inheritdoc/>
    public void AddReference(Assembly assembly, params string[] namespaces) { }

    /// <inheritdoc/>
    public IDisplayedValue Display(object value)
    {
        shown.Add(value);
        if (Format == OutputFormat.Text)
        {
            Print(value);
        }

        return new Printed(this, shown.Count - 1);
    }

    /// <summary>Prints what was shown, where that waits for its last form: for programs, or without progress.</summary>
    public void Finish()
    {
        switch (Format)
        {
            case OutputFormat.Json:
                terminal.WriteLine(ResultData.ToJson(shown));
                break;
            case OutputFormat.Csv:
                terminal.Writer.Write(ResultData.ToCsv(shown));
                break;
            case OutputFormat.Quiet:
                shown
                    .Where(value => value is not (ProgressLine or TrainingCard { Line: not null }))
                    .ToList()
                    .ForEach(Print);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void SetVariable(string name, object value)
    {
        if (variables.TryAdd(name, value))
        {
            names.Add(name);
        }

        variables[name] = value;
    }

    /// <inheritdoc/>
    public bool TryGetVariable(string name, [NotNullWhen(true)] out object? value) =>
        variables.TryGetValue(name, out value);

    private void Print(object value)
    {
        switch (value)
        {
            case Figure or ImageGrid or ArchitectureDiagram:
                break;
            case ProgressLine line:
                terminal.Write(line);
                break;
            case TrainingCard card:
                Print((object?)card.Line ?? card.ToView());
                break;
            case View view:
                PrintView(view);
                break;
            case Table table:
                terminal.Write(table);
                break;
            case LayerTree tree:
                terminal.Write(tree.ToTable());
                break;
            case CodeBlock code:
                code.ToString().Split('\n').ToList().ForEach(terminal.WriteLine);
                break;
            default:
                terminal.WriteSentence(value as string ?? value.ToDisplayString("text/plain"));
                break;
        }
    }

    private void PrintView(View view)
    {
        if (view.Title is not null)
        {
            terminal.WriteHeadline(view.Subtitle is null ? view.Title : $"{view.Title} · {view.Subtitle}");
        }

        foreach (var part in view.AllParts)
        {
            // Below a headline alone, the captions say what the pictures would.
            if (view is { Title: not null, Parts: [ImageGrid grid] })
            {
                grid.Captions.ToList().ForEach(caption => terminal.WriteLine(caption.ReplaceLineEndings("  ")));
            }

            Print(part);
        }
    }

    private sealed class Printed(TerminalNotebook notebook, int place) : IDisplayedValue
    {
        public void Update(object value)
        {
            notebook.shown[place] = value;
            if (notebook.Format == OutputFormat.Text)
            {
                notebook.Print(value);
            }
        }
    }
}
