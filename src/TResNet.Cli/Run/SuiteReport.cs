using Notebook;

namespace TResNet.Cli;

/// <summary>Shows how several notebooks ended: tables, errors, sums, and the files that were written.</summary>
/// <param name="shown">Where results go.</param>
/// <param name="terminal">Where they are printed.</param>
/// <param name="format">How they are printed.</param>
internal sealed class SuiteReport(INotebook shown, Terminal terminal, OutputFormat format)
{
    private readonly bool isForPrograms = format is OutputFormat.Json or OutputFormat.Csv;

    /// <summary>Shows it.</summary>
    /// <param name="outcomes">The notebooks that had begun.</param>
    /// <param name="asked">How many there were to run.</param>
    /// <param name="elapsed">How long all took.</param>
    /// <param name="comparison">The same in another host; null for none.</param>
    public void Show(IReadOnlyList<NotebookOutcome> outcomes, int asked, TimeSpan elapsed, HostComparison? comparison)
    {
        Space();
        if (isForPrograms)
        {
            shown.Display(SuiteTable.ForPrograms(outcomes));
        }
        else
        {
            var (table, errors) = SuiteTable.ForPeople(outcomes, terminal.IsLive ? terminal.Width : null);
            shown.Display(table);
            foreach (var error in errors)
            {
                shown.Display(error);
            }
        }

        if (comparison is { Count: > 0 } || comparison is not null && isForPrograms)
        {
            Space();
            shown.Display(comparison.ToTable(isForPrograms));
        }

        if (format == OutputFormat.Json)
        {
            shown.Display(SuiteTable.OfCells(outcomes));
        }

        Space();
        shown.Display(SuiteTable.Sum(outcomes, asked, elapsed));
        if (comparison is not null)
        {
            shown.Display(comparison.Sum());
        }
    }

    /// <summary>Says which files were written, or how many where they are many.</summary>
    public void SayWritten(IReadOnlyList<NotebookFile> files, string? report)
    {
        const int most = 6;
        if (format != OutputFormat.Text)
        {
            return;
        }

        var here = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
        var written = files.SelectMany(file => file.Outputs).Where(File.Exists).ToList();
        IEnumerable<string> named = written.Count <= most ? written : [$"{written.Count} files, such as {written[0]}"];
        foreach (var file in named.Concat(report is null ? [] : [report]))
        {
            terminal.WriteLine($"Written: {file.Replace(here, "")}");
        }
    }

    private void Space()
    {
        if (format == OutputFormat.Text)
        {
            terminal.WriteLine();
        }
    }
}
