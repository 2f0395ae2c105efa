// The protocol of `dotnet-interactive stdio`, as the extension of Visual Studio Code speaks it: one JSON object a line, a SubmitCode for each
// cell, and events that name its token, or tokens below it, until CommandSucceeded or CommandFailed.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook;
using TResNet.Compute;

namespace TResNet.Cli;

/// <summary>How a cell ended in another host.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Text">What it wrote, and what it showed as <c>text/plain</c>.</param>
/// <param name="Error">The error that it ended in; null for none.</param>
internal sealed record HostCell(CellStatus Status, string Text, string? Error = null);

/// <summary>Microsoft's host of notebooks, as a process that runs the cells of one.</summary>
internal sealed class DotNetInteractive : IDisposable
{
    /// <summary>The word that stands for the tool wherever it is installed.</summary>
    public const string Name = "dotnet-interactive";

    /// <summary>How long the tool may take until it is ready.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // By itself it sends HTML alone for most values.
    private const string Prelude =
        "Microsoft.DotNet.Interactive.Formatting.Formatter.SetPreferredMimeTypesFor(typeof(object), \"text/plain\", \"text/html\");";

    private readonly Process process;
    private int submitted;
    private bool isDisposed;

    private DotNetInteractive(Process process) => this.process = process;

    /// <summary>The program that a word names.</summary>
    /// <exception cref="CommandException">It is not there.</exception>
    public static string Find(string word)
    {
        if (word != Name)
        {
            return File.Exists(word)
                ? Path.GetFullPath(word)
                : throw new CommandException(
                    $"--against {word}: there is no such program; name {Name} or the path of one."
                );
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var program = OperatingSystem.IsWindows() ? Name + ".exe" : Name;
        return Programs.Find(program, Path.Combine(home, ".dotnet", "tools"))
            ?? throw new CommandException(
                $"{Name} is neither on PATH nor in ~/.dotnet/tools: install it with 'dotnet tool install --global Microsoft.{Name}', or name its path with --against."
            );
    }

    /// <summary>Starts it.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="environment">Variables to set for it; null for none.</param>
    /// <exception cref="CommandException">It did not start.</exception>
    public static async Task<DotNetInteractive> StartAsync(
        string program,
        string folder,
        CancellationToken cancel,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, ["stdio", "--working-dir", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new CommandException($"{program} did not start: {error.Message}.", error);
        }

        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var host = new DotNetInteractive(process);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            while ((string?)(await host.NextAsync(limit.Token))["eventType"] != "KernelReady") { }

            await host.RunAsync(Prelude, "csharp", Patience, cancel);
            return host;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or TimeoutException)
        {
            host.Dispose();
            cancel.ThrowIfCancellationRequested();
            var how =
                error is IOException ? "ended before it was ready" : $"was not ready after {Patience.TotalSeconds:0} s";
            throw new CommandException($"{program} {how}: is it {Name}?", error);
        }
    }

    /// <summary>Runs a cell.</summary>
    /// <param name="code">Its text.</param>
    /// <param name="language">Its language, by kernel name.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">It took longer; the host is good for nothing more.</exception>
    /// <exception cref="IOException">The host ended in it.</exception>
    public async Task<HostCell> RunAsync(string code, string language, TimeSpan limit, CancellationToken cancel)
    {
        var token = await SendAsync(
            "SubmitCode",
            new JsonObject { ["code"] = code, ["targetKernelName"] = language },
            cancel
        );
        using var overdue = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        overdue.CancelAfter(limit);
        var shown = new List<(string? Id, string Text)>();
        try
        {
            while (true)
            {
                var line = await NextAsync(overdue.Token);
                var (kind, of) = ((string?)line["eventType"], (string?)line["command"]?["token"]);
                if (of == token && kind is ("CommandSucceeded" or "CommandFailed"))
                {
                    var error = kind == "CommandFailed" ? (string?)line["event"]?["message"] ?? "" : null;
                    var text = string.Concat(shown.Select(each => each.Text));
                    return new HostCell(error is null ? CellStatus.Ran : CellStatus.Failed, text, error);
                }

                if (of == token || of?.StartsWith(token + ".", StringComparison.Ordinal) == true)
                {
                    Show(kind, line["event"], shown);
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>Sends a command.</summary>
    /// <param name="type">Its type, such as <c>RequestCompletions</c>.</param>
    /// <param name="command">What it says.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The token that its events carry.</returns>
    internal async Task<string> SendAsync(string type, JsonObject command, CancellationToken cancel)
    {
        var token = (++submitted).ToString(CultureInfo.InvariantCulture);
        var line = new JsonObject
        {
            ["token"] = token,
            ["commandType"] = type,
            ["command"] = command,
            ["routingSlip"] = new JsonArray(),
        };
        await process.StandardInput.WriteLineAsync(line.ToJsonString().AsMemory(), cancel);
        await process.StandardInput.FlushAsync(cancel);
        return token;
    }

    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static void Show(string? kind, JsonNode? content, List<(string? Id, string Text)> shown)
    {
        var plain = (content?["formattedValues"] as JsonArray)?.FirstOrDefault(value =>
            (string?)value?["mimeType"] == "text/plain"
        );
        if ((string?)plain?["value"] is not { } text)
        {
            return;
        }

        var id = (string?)content?["valueId"];
        switch (kind)
        {
            case "StandardOutputValueProduced" or "StandardErrorValueProduced":
                shown.Add((null, text));
                break;
            case "DisplayedValueProduced" or "ReturnValueProduced":
                shown.Add((id, OutputText.EndedLine(text)));
                break;
            case "DisplayedValueUpdated":
                // The first update of what .Display() showed comes under another name than the value itself.
                var at = shown.FindIndex(each => each.Id is not null && each.Id == id);
                at = at >= 0 ? at : shown.FindLastIndex(each => each.Id is not null);
                if (at >= 0)
                {
                    shown[at] = (id, OutputText.EndedLine(text));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The next event. What is no JSON are native libraries' words.</summary>
    internal async Task<JsonNode> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            var line =
                await process.StandardOutput.ReadLineAsync(cancel)
                ?? throw new EndOfStreamException($"{Name} has ended.");
            try
            {
                if (JsonNode.Parse(line.TrimStart('\uFEFF')) is JsonObject read)
                {
                    return read;
                }
            }
            catch (JsonException) { }
        }
    }
}
