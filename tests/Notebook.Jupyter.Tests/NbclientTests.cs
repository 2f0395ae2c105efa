using System.Text.Json.Nodes;
using Tests;

namespace Notebook.Jupyter.Tests;

/// <summary>The kernel as a process of its own, found, started, used and ended by Jupyter's client.</summary>
public sealed class NbclientTests : IDisposable
{
    private readonly RegisteredKernel kernel = new();

    public void Dispose() => kernel.Dispose();

    [FactIfNbclient]
    public async Task A_notebook_runs_in_nbclient()
    {
        var executed = await Run(
            "var x = 41;\nConsole.WriteLine(\"héllo \\U0001F600\");\nx + 1",
            "var shown = display(\"first\");\nshown.Update(\"second\");",
            "#!markdown\n*text*",
            "x.NoSuchMember",
            "x"
        );
        Snapshot.Match(Describe(executed));
        Assert.Equal("text/x-csharp", (string?)executed["metadata"]!["language_info"]!["mimetype"]);
        var history = kernel.PathOf($"state/{HostProduct.Unnamed.Name}/history.jsonl");
        Assert.Contains("héllo", await File.ReadAllTextAsync(history));
    }

    [FactIfNbclient]
    public async Task Jupyter_interrupts_answers_completes_restarts_and_ends_the_kernel() =>
        Assert.Equal(
            """
            ok
            error Interrupted
            ok 5
            {'prompt': 'Name: ', 'password': False}
            typed!
            ['#!lsmagic'] 5 10
            error CompilationError
            exit code 0

            """,
            await Python("kernel_session.py")
        );

    private static string Describe(JsonNode notebook) =>
        string.Join(
            '\n',
            notebook["cells"]!
                .AsArray()
                .SelectMany(cell =>
                    cell!["outputs"]!
                        .AsArray()
                        .Select(output => $"[{cell["execution_count"]}] {output!["output_type"]} {Text(output)}")
                )
        );

    private static string Text(JsonNode output) =>
        output["text"] is { } stream ? stream.ToJsonString()
        : output["data"] is { } data ? data["text/plain"]!.ToJsonString()
        : $"{output["ename"]}: {output["evalue"]}";

    private async Task<JsonNode> Run(params string[] cells)
    {
        var notebook = new JsonObject
        {
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
            ["metadata"] = new JsonObject(),
            ["cells"] = new JsonArray([
                .. cells.Select(
                    (source, number) =>
                        new JsonObject
                        {
                            ["id"] = $"cell-{number}",
                            ["cell_type"] = "code",
                            ["source"] = source,
                            ["metadata"] = new JsonObject(),
                            ["execution_count"] = null,
                            ["outputs"] = new JsonArray(),
                        }
                ),
            ]),
        };
        var path = kernel.PathOf("notebook.ipynb");
        await File.WriteAllTextAsync(path, notebook.ToJsonString());
        return JsonNode.Parse(await Python("nbclient_run.py", path))!;
    }

    private async Task<string> Python(string script, params string[] arguments)
    {
        var (exitCode, output, error) = await kernel.Python(script, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
