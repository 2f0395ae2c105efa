using System.Text.Json.Nodes;
using Notebook.Outputs;
using Tests;

namespace Notebook.Jupyter.Tests;

public sealed class ExecuteTests : IDisposable
{
    private readonly RunningKernel kernel = new();

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void Outputs_of_every_kind_come_in_the_order_of_the_code()
    {
        var (reply, effects) = Client.Execute(
            """
            for (var i = 0; i < 3; i++) Console.WriteLine(i);
            var shown = display("picture");
            Console.Error.Write("warning");
            Console.Write("text");
            shown.Update("new picture");
            #!html
            <b>bold</b>
            #!csharp
            40 + 2
            """
        );
        Assert.Equal("ok", (string?)reply.Content["status"]);
        Snapshot.Match(KernelClient.Describe(effects[2..]));
        Assert.Equal(
            (string?)effects[3].Content["transient"]!["display_id"],
            (string?)effects[6].Content["transient"]!["display_id"]
        );
    }

    [Fact]
    public void An_error_comes_on_both_channels()
    {
        var (reply, effects) = Client.Execute(
            "Console.Write(1);\nthrow new InvalidOperationException(\"no such luck\");"
        );
        Assert.Equal(["status", "execute_input", "stream", "error", "status"], effects.Select(effect => effect.Type));
        foreach (var content in new[] { effects[3].Content, reply.Content })
        {
            Assert.Equal("InvalidOperationException", (string?)content["ename"]);
            Assert.Equal("no such luck", (string?)content["evalue"]);
            Assert.NotEmpty(content["traceback"]!.AsArray());
        }

        Assert.Equal(("error", 1), ((string?)reply.Content["status"], (int?)reply.Content["execution_count"]));
    }

    [Fact]
    public void Executions_are_counted_unless_they_are_silent_unstored_or_empty()
    {
        Assert.Equal(1, Count(Client.Execute("1")));
        Assert.Equal(1, Count(Client.Execute("2", new JsonObject { ["silent"] = true })));
        Assert.Equal(1, Count(Client.Execute("3", new JsonObject { ["store_history"] = false })));
        Assert.Equal(1, Count(Client.Execute("  \n")));
        var last = Client.Execute("4");
        Assert.Equal(2, Count(last));
        Assert.Equal(
            2,
            (int?)last.Effects.Single(effect => effect.Type == "execute_result").Content["execution_count"]
        );
    }

    [Fact]
    public void A_silent_execution_leaves_only_its_effects_on_the_session()
    {
        var (reply, effects) = Client.Execute(
            "var quiet = 7; Console.WriteLine(quiet); quiet",
            new JsonObject { ["silent"] = true }
        );
        Assert.Equal("ok", (string?)reply.Content["status"]);
        Assert.Equal(["status", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("7", Plain(Client.Execute("quiet")));
    }

    [Fact]
    public void User_expressions_have_their_value_or_their_error()
    {
        var expressions = new JsonObject { ["sum"] = "x + 1", ["wrong"] = "nowhere" };
        var (reply, effects) = Client.Execute("var x = 1;", new JsonObject { ["user_expressions"] = expressions });
        var values = reply.Content["user_expressions"]!;
        Assert.Equal(("ok", "2"), ((string?)values["sum"]!["status"], (string?)values["sum"]!["data"]!["text/plain"]));
        Assert.Equal("error", (string?)values["wrong"]!["status"]);
        Assert.Equal("CompilationError", (string?)values["wrong"]!["ename"]);
        Assert.Equal(["status", "execute_input", "status"], effects.Select(effect => effect.Type));
    }

    [Theory]
    [InlineData("throw new Exception(\"first\");")]
    [InlineData("does not compile")]
    [InlineData("#!no-such-magic")]
    public void An_error_aborts_what_waits_and_nothing_later(string failing)
    {
        var first = Send($"await Task.Delay(100);\n#!time\n{failing}");
        var waiting = new[] { Send("var a = 1;"), Send("var b = 1;") };
        Assert.Equal("error", (string?)Client.Reply(Client.Shell, first).Content["status"]);
        foreach (var id in waiting)
        {
            Assert.Equal("""{"status":"aborted"}""", Client.Reply(Client.Shell, id).Content.ToJsonString());
            Assert.Equal(["status", "status"], Client.Effects(id).Select(effect => effect.Type));
        }

        Assert.Equal("5", Plain(Client.Execute("5")));
    }

    [Fact]
    public void Without_stop_on_error_what_waits_runs()
    {
        var first = Send("throw new Exception();", stopOnError: false);
        var second = Send("var c = 1;");
        Assert.Equal("error", (string?)Client.Reply(Client.Shell, first).Content["status"]);
        Assert.Equal("ok", (string?)Client.Reply(Client.Shell, second).Content["status"]);
    }

    [Fact]
    public void Control_answers_while_a_cell_runs_and_an_interrupt_stops_it()
    {
        Client.Execute("var kept = 11;");
        var id = Send("Console.WriteLine(\"going\");\nawait Task.Delay(-1, Cancellation);");
        Received message;
        do
        {
            message = Client.Receive(Client.IoPub);
        } while (message.Type != "stream");

        var info = Client.Send(Client.Control, "kernel_info_request");
        Assert.Equal("kernel_info_reply", Client.Reply(Client.Control, info).Type);
        var interrupt = Client.Send(Client.Control, "interrupt_request");
        Assert.Equal("""{"status":"ok"}""", Client.Reply(Client.Control, interrupt).Content.ToJsonString());
        var reply = Client.Reply(Client.Shell, id).Content;
        Assert.Equal(("error", "Interrupted"), ((string?)reply["status"], (string?)reply["ename"]));
        Assert.Equal("11", Plain(Client.Execute("kept")));
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Task.Delay(-1, Cancellation).Wait();")]
    [InlineData("lock (new object()) { new ManualResetEventSlim().Wait(); }")]
    [InlineData("int Deep(int n) { while (n > 0) { } return n; } Deep(1);")]
    public void An_interrupt_stops_what_a_cell_does_and_its_variables_survive(string endless)
    {
        Client.Execute("var kept = 11;");
        var id = Send($"Console.WriteLine(\"going\"); kept++;\n{endless}");
        Client.Output(id);
        Client.Reply(Client.Control, Client.Send(Client.Control, "interrupt_request"));
        var reply = Client.Reply(Client.Shell, id).Content;
        Assert.Equal(("error", "Interrupted"), ((string?)reply["status"], (string?)reply["ename"]));
        Assert.Equal("12", Plain(Client.Execute("kept")));
        Assert.Equal("ok", (string?)Client.Execute("await Task.Delay(1); Thread.Sleep(20);").Reply.Content["status"]);
    }

    [Fact]
    public void A_cell_clears_what_it_has_shown()
    {
        var (_, effects) = Client.Execute(
            "Console.Write(1); ClearOutput(wait: true); Console.Write(2); ClearOutput();"
        );
        Assert.Equal(
            """
            stream {"name":"stdout","text":"1"}
            clear_output {"wait":true}
            stream {"name":"stdout","text":"2"}
            clear_output {"wait":false}
            """,
            KernelClient.Describe(effects[2..^1])
        );
    }

    [Fact]
    public void A_traceback_has_colours_and_its_text()
    {
        var thrown = Client.Execute("throw new InvalidOperationException(\"no such luck\");").Reply.Content;
        Assert.Equal("\e[1;31mInvalidOperationException\e[0m: no such luck", (string?)thrown["traceback"]![0]);
        Assert.Equal("    at cell 1, line 1", (string?)thrown["traceback"]![1]);
        var wrong = Client.Execute("var x = 1;\nx.Nothing").Reply.Content["traceback"]!.AsArray();
        Assert.StartsWith("\e[31mline 2, column 3: CS1061: ", (string?)wrong[0]);
        Assert.Equal(["    x.Nothing", "\e[31m      ^^^^^^^\e[0m"], wrong.Skip(1).Select(line => (string?)line));
    }

    [Fact]
    public async Task Shutdown_stops_the_running_cell()
    {
        Send("Console.WriteLine(\"going\");\nawait Task.Delay(-1, Cancellation);");
        while (Client.Receive(Client.IoPub).Type != "stream") { }
        Client.Reply(Client.Control, Client.Send(Client.Control, "shutdown_request"));
        await kernel.Finished.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.DoesNotContain("abandoned", kernel.Log);
    }

    [Fact]
    public async Task A_cell_that_cannot_be_stopped_does_not_hold_up_the_end()
    {
        // A library's loop: it asks for nothing and waits for nothing.
        Send(
            """
            Console.WriteLine("going");
            Enumerable.Repeat(0, int.MaxValue).TakeWhile(_ => AppContext.GetData("enough") is null).Count();
            """,
            stopOnError: false
        );
        while (Client.Receive(Client.IoPub).Type != "stream") { }
        Client.Reply(Client.Control, Client.Send(Client.Control, "shutdown_request"));
        await kernel.Finished.WaitAsync(TimeSpan.FromSeconds(60));
        AppContext.SetData("enough", true);
        Assert.Contains("The running cell did not stop within 2 s and is abandoned.", kernel.Log);
    }

    [Fact]
    public void Console_text_is_gathered_but_loses_nothing()
    {
        var (_, effects) = Client.Execute("for (var i = 0; i < 20_000; i++) Console.WriteLine(i);");
        var streams = effects.Where(effect => effect.Type == "stream").ToList();
        Assert.Equal(
            string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")),
            string.Concat(streams.Select(stream => (string?)stream.Content["text"]))
        );
        Assert.InRange(streams.Count, 1, 200);
    }

    [Fact]
    public void Console_text_is_seen_while_the_cell_still_runs()
    {
        var id = Send("Console.WriteLine(\"early\");\nawait Task.Delay(-1, Cancellation);");
        Received message;
        do
        {
            message = Client.Receive(Client.IoPub);
        } while (message.Type != "stream");

        Assert.Equal("early\n", (string?)message.Content["text"]);
        Client.Reply(Client.Control, Client.Send(Client.Control, "interrupt_request"));
        Client.Reply(Client.Shell, id);
    }

    private static int? Count((Received Reply, List<Received>) executed) =>
        (int?)executed.Reply.Content["execution_count"];

    private static string? Plain((Received, List<Received> Effects) executed) =>
        (string?)executed.Effects.Single(effect => effect.Type == "execute_result").Content["data"]!["text/plain"];

    private string Send(string code, bool stopOnError = true) =>
        Client.Send(
            Client.Shell,
            "execute_request",
            new JsonObject { ["code"] = code, ["stop_on_error"] = stopOnError }
        );
}
