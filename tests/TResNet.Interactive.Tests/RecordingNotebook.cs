using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Notebook;
using Tests;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tests;

/// <summary>A notebook that remembers what was shown and kept.</summary>
internal sealed class RecordingNotebook : INotebook
{
    private readonly Dictionary<string, object> variables = [];
    private RootCommand? commands;

    /// <summary>Where this notebook's measurements are kept.</summary>
    public ThroughputStore Store { get; } = new(Path.Combine(TemporaryCache.Folder, Guid.NewGuid().ToString("N")));

    /// <summary>What its commands keep.</summary>
    public Measurements Measurements => field ??= new Measurements(Store);

    /// <summary>Everything on show, in order, updates in place.</summary>
    public List<Shown> Displays { get; } = [];

    /// <summary>Told of all that is shown, at the moment it is.</summary>
    public Action<object>? Watch { get; set; }

    public List<Command> Magics { get; } = [];

    public List<string> Namespaces { get; } = [];

    public IReadOnlyList<string> VariableNames => [.. variables.Keys];

    public void AddMagic(Command command) => Magics.Add(command);

    public void AddReference(Assembly assembly, params string[] namespaces) => Namespaces.AddRange(namespaces);

    public IDisplayedValue Display(object value)
    {
        Displays.Add(new Shown(value, this));
        Watch?.Invoke(value);
        return Displays[^1];
    }

    public void SetVariable(string name, object value) => variables[name] = value;

    public bool TryGetVariable(string name, [NotNullWhen(true)] out object? value) =>
        variables.TryGetValue(name, out value);

    public T Get<T>(string name) => Assert.IsType<T>(variables[name], exactMatch: false);

    /// <summary>The commands, which live as long as the notebook.</summary>
    public RootCommand Commands
    {
        get
        {
            if (commands is null)
            {
                commands = [];
                foreach (var command in TResNetCommands.All(this, "tresnet-", Measurements))
                {
                    commands.Subcommands.Add(command);
                }
            }

            return commands;
        }
    }

    /// <summary>Runs a command line as a shell would.</summary>
    public Task<int> RunAsync(string line, CancellationToken cancel = default) =>
        RunAsync(Commands.Parse(line + Quick(line)), cancel);

    // Tests that say how many rounds look at what becomes of them, not at how long they last.
    private static string Quick(string line) =>
        line.Contains("--rounds") && !line.Contains("--round-time") && !line.Contains("--batch-size auto")
            ? " --round-time 0"
            : "";

    /// <summary>Runs a command whose words are divided already, as those of a program are.</summary>
    public Task<int> RunAsync(IReadOnlyList<string> words) => RunAsync(Commands.Parse(words), default);

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        Assert.Empty(parsed.Errors);
        return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancel);
    }

    /// <summary>The sentence with which a command line is refused.</summary>
    public async Task<string> RefusalOf(string line) =>
        (await Assert.ThrowsAsync<CommandException>(() => RunAsync(line))).Message;

    /// <summary>Cancels as soon as a progress line says something.</summary>
    public CancellationTokenSource StopAt(string words) =>
        StopWhen(value => value is ProgressLine line && line.Text.Contains(words));

    /// <summary>Cancels as soon as something is shown that fits.</summary>
    public CancellationTokenSource StopWhen(Predicate<object> fits)
    {
        var stop = new CancellationTokenSource();
        Watch = value =>
        {
            if (fits(value))
            {
                stop.Cancel();
            }
        };
        return stop;
    }

    internal sealed class Shown(object value, RecordingNotebook notebook) : IDisplayedValue
    {
        public object Value { get; private set; } = value;

        public int Updates { get; private set; }

        public void Update(object value)
        {
            Value = value;
            Updates++;
            notebook.Watch?.Invoke(value);
        }
    }
}
