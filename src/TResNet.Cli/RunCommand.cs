using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Notebook;
using Notebook.Runner;

namespace TResNet.Cli;

/// <summary><c>tresnet run</c>: notebooks from first cell to last without a front end.</summary>
internal sealed class RunCommand
{
    private static readonly TimeSpan LimitThere = TimeSpan.FromMinutes(5);

    private readonly Argument<string[]> notebooks = new("notebook")
    {
        Description =
            "A .dib or .ipynb file, or a folder that is searched for them, without hidden ones. Several run each in a process of its own and in the notebook's folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> html = File("--html", "Writes a page that holds everything and opens offline.");
    private readonly Option<string?> ipynb = File("--ipynb", "Writes the notebook with its outputs.");

    private readonly Option<string[]> outs = Several(
        "--out",
        "file",
        "Writes a file that ends in .html or .ipynb; the word html or ipynb alone names it after the notebook. May be repeated."
    );

    private readonly Option<string?> folder = new("--output-dir")
    {
        Description = "The folder for what --out html and --out ipynb write, in place of beside each notebook.",
        HelpName = "folder",
    };

    private readonly Option<string[]> parameters = Several(
        "--param",
        "name=value",
        "Sets a variable in place of the default in the cell tagged parameters (in a .dib: whose first line is // parameters). May be repeated."
    );

    private readonly Option<string?> parametersFile = File(
        "--params-file",
        "Sets every member of a JSON object so, where no --param does."
    );

    private readonly Option<double?> timeout = new("--timeout")
    {
        Description =
            "Interrupts a cell that takes longer and ends the notebook's run; with one notebook the exit code is 124.",
        HelpName = "seconds",
    };

    private readonly Option<bool> allowErrors = new("--allow-errors")
    {
        Description = "Goes on after a cell that fails. The exit code is 1 all the same.",
    };

    private readonly Option<string> otherLanguages = new("--other-languages")
    {
        Description = "At a cell in F#, PowerShell, SQL, Python or another language: pass it over, or stop.",
        DefaultValueFactory = _ => "skip",
        HelpName = "action",
    };

    private readonly Option<bool> sanitize = new("--sanitize")
    {
        Description =
            "Takes out of pages what would run there of outputs and Markdown; charts and tables stay. Without it outputs may do there what the cells did here.",
    };

    private readonly Option<bool> summary = new("--summary")
    {
        Description = "Ends in a table, as with several notebooks, also for one.",
    };

    private readonly Option<string?> junit = File(
        "--junit",
        "Writes a report in JUnit's XML: a test suite for each notebook, a test case for each cell."
    );

    private readonly Option<int> jobs = new("--jobs")
    {
        Description = "How many notebooks run at a time.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> against = new("--against")
    {
        Description =
            "Runs the notebooks in .NET Interactive too, on after errors, and shows where a cell's end or text differs: dotnet-interactive, or the tool's path. A cell there has as long as --timeout says, or 5 minutes.",
        HelpName = "program",
    };

    private readonly Option<string?> events = new(NotebookChild.Option) { Hidden = true };

    private readonly Terminal terminal;
    private readonly INotebook shown;

    private RunCommand(Terminal terminal, INotebook shown) => (this.terminal, this.shown) = (terminal, shown);

    public static Command Create(Terminal terminal, INotebook shown)
    {
        var run = new RunCommand(terminal, shown);
        run.otherLanguages.AcceptOnlyFromAmong("skip", "stop");
        run.jobs.Validators.Add(result =>
        {
            if (
                result.Tokens is [{ Value: var word }]
                && int.TryParse(word, CultureInfo.InvariantCulture, out var number)
                && number < 1
            )
            {
                result.AddError($"--jobs {word} runs nothing: give it 1 or more.");
            }
        });
        var command = new Command(
            "run",
            "Runs notebooks from first cell to last and keeps what comes out, whatever ends them."
        )
        {
            run.notebooks,
            run.html,
            run.ipynb,
            run.outs,
            run.folder,
            run.sanitize,
            run.parameters,
            run.parametersFile,
            run.timeout,
            run.allowErrors,
            run.otherLanguages,
            run.summary,
            run.junit,
            run.jobs,
            run.against,
            run.events,
        };
        OptionGroups.Put("Files", run.html, run.ipynb, run.outs, run.folder, run.sanitize, run.junit);
        OptionGroups.Put("Parameters", run.parameters, run.parametersFile);
        OptionGroups.Put("Cells", run.timeout, run.allowErrors, run.otherLanguages);
        OptionGroups.Put("Notebooks", run.summary, run.jobs, run.against);
        OutputOptions.AddTo(command);
        command.SetAction(run.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var words = parsed.GetRequiredValue(notebooks);
        var isOne =
            words is [var word]
            && !Directory.Exists(word)
            && !parsed.GetValue(summary)
            && parsed.GetValue(junit) is null
            && parsed.GetValue(against) is null
            && parsed.GetResult(jobs) is null or { Implicit: true }
            && OutputOptions.Read(parsed) == OutputFormat.Text;
        var plan = new OutputPlan(
            parsed.GetValue(html),
            parsed.GetValue(ipynb),
            parsed.GetRequiredValue(outs),
            parsed.GetValue(folder)
        );
        var files = isOne
            ? [new NotebookFile(words[0], Path.GetFileName(words[0]))]
            : NotebookFiles.Find(words, parsed.GetValue(folder));
        files = plan.For(files);
        var pages = files.SelectMany(file => file.Outputs).Any(IsPage);
        var unused = parsed.GetValue(sanitize) && !pages ? "--sanitize is for pages: add --out html." : null;
        if ((plan.Contradiction(files.Count) ?? unused) is { } sentence)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"tresnet: {sentence}");
            return Shell.Usage;
        }

        var options = Options(parsed);
        var tool = parsed.GetValue(against) is { } named ? DotNetInteractive.Find(named) : null;
        return parsed.GetValue(events) is { } path ? await NotebookChild.RunAsync(files[0], options, path)
            : isOne
                ? await SingleRun.RunAsync(files[0], options, terminal, parsed.InvocationConfiguration.Error, cancel)
            : await RunAllAsync(files, tool, options.CellTimeout ?? LimitThere, parsed, cancel);
    }

    private async Task<int> RunAllAsync(
        IReadOnlyList<NotebookFile> files,
        string? tool,
        TimeSpan limitThere,
        ParseResult parsed,
        CancellationToken cancel
    )
    {
        var format = OutputOptions.Read(parsed);
        var atOnce = Math.Min(parsed.GetValue(jobs), files.Count);
        var settings = new ProcessSettings(
            Words(parsed),
            atOnce > 1 ? Math.Max(1, Environment.ProcessorCount / atOnce) : null
        );
        var comparison = tool is null ? null : new HostComparison(tool, limitThere);
        if (comparison is not null)
        {
            await comparison.TryAsync(cancel);
        }

        var suite = new NotebookSuite(
            files,
            settings,
            atOnce,
            format == OutputFormat.Text ? terminal : null,
            parsed.InvocationConfiguration.Error
        );
        var watch = Stopwatch.StartNew();
        var outcomes = await suite.RunAsync(comparison is null ? null : comparison.RunAsync, cancel);
        var shows = new SuiteReport(shown, terminal, format);
        shows.Show(outcomes, files.Count, watch.Elapsed, comparison);
        if (parsed.GetValue(junit) is { } report)
        {
            JUnitReport.Write(report, outcomes);
        }

        shows.SayWritten(files, parsed.GetValue(junit));
        return outcomes.All(outcome => outcome.Succeeded) && comparison is null or { Count: 0 } ? 0 : 1;
    }

    /// <summary>The options of each notebook's process.</summary>
    private List<string> Words(ParseResult parsed)
    {
        var words = new List<string> { otherLanguages.Name, parsed.GetRequiredValue(otherLanguages) };
        foreach (var assignment in parsed.GetRequiredValue(parameters))
        {
            words.AddRange([parameters.Name, assignment]);
        }

        if (parsed.GetValue(parametersFile) is { } file)
        {
            words.AddRange([parametersFile.Name, Path.GetFullPath(file)]);
        }

        if (parsed.GetValue(timeout) is { } seconds)
        {
            words.AddRange([timeout.Name, seconds.ToString("R", CultureInfo.InvariantCulture)]);
        }

        if (parsed.GetValue(sanitize))
        {
            words.Add(sanitize.Name);
        }

        if (parsed.GetValue(allowErrors) || parsed.GetValue(against) is not null)
        {
            words.Add(allowErrors.Name);
        }

        return words;
    }

    private RunOptions Options(ParseResult parsed)
    {
        var given = new NotebookParameters();
        if (parsed.GetValue(parametersFile) is { } file)
        {
            given.AddFile(file);
        }

        foreach (var assignment in parsed.GetRequiredValue(parameters))
        {
            given.Add(assignment);
        }

        return new RunOptions
        {
            Parameters = given,
            CellTimeout = parsed.GetValue(timeout) is { } seconds ? Time(seconds) : null,
            AllowErrors = parsed.GetValue(allowErrors),
            SanitizePages = parsed.GetValue(sanitize),
            OtherLanguages =
                parsed.GetRequiredValue(otherLanguages) == "stop" ? OtherLanguages.Stop : OtherLanguages.Skip,
        };
    }

    private static bool IsPage(string path) =>
        Path.GetExtension(path).Equals(".html", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan Time(double seconds) =>
        double.IsFinite(seconds) && Math.Abs(seconds) < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandException($"--timeout {seconds} is no time in seconds; give it a number such as 600.");

    private static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "file" };

    private static Option<string[]> Several(string name, string value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            DefaultValueFactory = _ => [],
        };
}
