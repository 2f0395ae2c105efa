using System.Text.Json.Nodes;
using Notebook.Outputs;
using Notebook.Tests;

namespace Notebook.Jupyter.Tests;

/// <summary>Jupyter Enhancement Proposal 91: more shells, which answer while a cell trains in another.</summary>
public sealed class SubshellTests : IDisposable
{
    private const string Training = "Console.Write(\"training\"); while (!done) { await Task.Delay(5); }";
    private readonly RunningKernel kernel = new(new PaintExtension());
    private readonly Dictionary<string, Received> early = [];

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void Subshells_are_created_listed_and_deleted()
    {
        var (first, second) = (Create(), Create());
        Assert.NotEqual(first, second);
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), List());
        var deleted = Client.Send(
            Client.Control,
            "delete_subshell_request",
            new JsonObject { ["subshell_id"] = first }
        );
        var reply = Client.Reply(Client.Control, deleted);
        Assert.Equal("delete_subshell_reply", reply.Type);
        Assert.Equal("""{"status":"ok"}""", reply.Content.ToJsonString());
        Assert.Equal(["status", "status"], Client.Effects(deleted).Select(effect => effect.Type));
        Assert.Equal([second], List());
    }

    [Fact]
    public void The_kernel_says_that_it_has_subshells() =>
        Assert.Contains(
            "kernel subshells",
            Client.Ask("kernel_info_request").Content["supported_features"]!.AsArray().Select(each => (string?)each)
        );

    [Fact]
    public void While_a_cell_runs_a_subshell_completes_explains_and_runs_cells()
    {
        Client.Execute("var done = false; var loss = 2.5;");
        var training = Send(Training);
        Client.Output(training);
        var subshell = Create();

        var complete = Ask("complete_request", "#!paint --co", subshell).Content;
        Assert.Equal("--colour", (string?)complete["matches"]![0]);
        Assert.True((bool)Ask("inspect_request", "#!paint", subshell).Content["found"]!);
        Assert.Equal("complete", (string?)Ask("is_complete_request", "1", subshell).Content["status"]);
        var id = Send("loss * 2", subshell);
        Assert.Equal("ok", Status(id));
        var effects = Client.Effects(id);
        Assert.Equal(["status", "execute_input", "execute_result", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("5", (string?)effects[2].Content["data"]!["text/plain"]);

        Assert.Equal("ok", Status(Send("done = true;", subshell)));
        Assert.Equal("ok", Status(training));
    }

    [Fact]
    public void What_a_subshell_declares_meanwhile_is_there_afterwards()
    {
        Client.Execute("var done = false;");
        var training = Send(Training + "\nvar trained = 1;");
        Client.Output(training);
        var subshell = Create();
        Assert.Equal("ok", Status(Send("record Point(int X); var point = new Point(4);", subshell)));
        Assert.Equal("ok", Status(Send("var other = point.X + new Point(1).X; done = true;", subshell)));
        Assert.Equal("ok", Status(training));
        Assert.Equal("16", Value(Send("trained + other * 3")));
        Assert.Equal("16", Value(Send("trained + other * 3", subshell)));
        Assert.Equal("error", Status(Send("point")));
    }

    [Fact]
    public void When_nothing_else_runs_a_subshell_s_cell_is_simply_the_next_one()
    {
        var subshell = Create();
        Assert.Equal("ok", Status(Send("record Point(int X); int Twice(int x) => 2 * x;", subshell)));
        Assert.Equal("8", Value(Send("Twice(new Point(4).X)")));
    }

    [Fact]
    public void A_subshell_that_does_not_exist_is_answered_with_an_error()
    {
        var id = Send("1", "nowhere");
        var reply = Client.Reply(Client.Shell, id);
        Assert.Equal(("error", "UnknownSubshell"), ((string?)reply.Content["status"], (string?)reply.Content["ename"]));
        Assert.Equal(["status", "status"], Client.Effects(id).Select(effect => effect.Type));
        var deleted = Client.Send(
            Client.Control,
            "delete_subshell_request",
            new JsonObject { ["subshell_id"] = "nowhere" }
        );
        Assert.Equal("UnknownSubshell", (string?)Client.Reply(Client.Control, deleted).Content["ename"]);
    }

    [Fact]
    public void Deleting_a_subshell_stops_its_cell_and_no_other()
    {
        Client.Execute("var done = false;");
        var training = Send(Training);
        Client.Output(training);
        var subshell = Create();
        var endless = Send("Console.Write(1); while (true) { }", subshell);
        Client.Output(endless);
        var deleted = Client.Send(
            Client.Control,
            "delete_subshell_request",
            new JsonObject { ["subshell_id"] = subshell }
        );
        Assert.Equal("Interrupted", (string?)Reply(endless).Content["ename"]);
        Client.Reply(Client.Control, deleted);
        var other = Create();
        Assert.Equal("ok", Status(Send("done = true;", other)));
        Assert.Equal("ok", Status(training));
    }

    [Fact]
    public void An_interrupt_reaches_every_shell()
    {
        var ids = new[] { Send("Console.Write(1); while (true) { }"), "" };
        Client.Output(ids[0]);
        ids[1] = Send("Console.Write(1); await Task.Delay(-1, Cancellation);", Create());
        Client.Output(ids[1]);
        Client.Reply(Client.Control, Client.Send(Client.Control, "interrupt_request"));
        var replies = ids.Select(_ => Client.Receive(Client.Shell)).ToList();
        Assert.Equal(ids.Order(), replies.Select(reply => reply.ParentId).Order());
        Assert.All(replies, reply => Assert.Equal("Interrupted", (string?)reply.Content["ename"]));
    }

    [Fact]
    public async Task The_kernel_ends_with_its_subshells()
    {
        Client.Output(Send("Console.Write(1); while (true) { }", Create()));
        Client.Reply(Client.Control, Client.Send(Client.Control, "shutdown_request"));
        await kernel.Finished.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.DoesNotContain("abandoned", kernel.Log);
    }

    private string Create()
    {
        var reply = Client.Reply(Client.Control, Client.Send(Client.Control, "create_subshell_request"));
        Assert.Equal(("create_subshell_reply", "ok"), (reply.Type, (string?)reply.Content["status"]));
        return (string)reply.Content["subshell_id"]!;
    }

    private List<string> List()
    {
        var reply = Client.Reply(Client.Control, Client.Send(Client.Control, "list_subshell_request"));
        Assert.Equal("list_subshell_reply", reply.Type);
        return [.. reply.Content["subshell_id"]!.AsArray().Select(id => (string)id!)];
    }

    private string Send(string code, string? subshell = null) =>
        Client.Send(Client.Shell, "execute_request", new JsonObject { ["code"] = code }, subshell);

    private Received Ask(string type, string code, string subshell) =>
        Client.Reply(Client.Shell, Client.Send(Client.Shell, type, new JsonObject { ["code"] = code }, subshell));

    private string? Status(string id) => (string?)Reply(id).Content["status"];

    /// <summary>The reply to a request; those to others, which may come first, are kept for later.</summary>
    private Received Reply(string id)
    {
        Received? reply;
        while (!early.Remove(id, out reply))
        {
            var next = Client.Receive(Client.Shell);
            early.Add(next.ParentId, next);
        }

        return reply;
    }

    private string? Value(string id)
    {
        Assert.Equal("ok", Status(id));
        return (string?)
            Client.Effects(id).Single(effect => effect.Type == "execute_result").Content["data"]!["text/plain"];
    }
}
