using System.Text.Json.Nodes;
using Notebook.Outputs;

namespace Notebook.Jupyter.Tests;

/// <summary>Lines of their own between a notebook and its front end.</summary>
public sealed class CommTests : IDisposable
{
    private readonly RunningKernel kernel = new(new EchoExtension());

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void A_target_that_nobody_knows_is_closed_at_once()
    {
        var effects = Open("c1", "jupyter.widget");
        Assert.Equal(["status", "comm_close", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("""{"comm_id":"c1","data":{}}""", effects[1].Content.ToJsonString());
        Assert.Equal("""{"comms":{},"status":"ok"}""", Client.Ask("comm_info_request").Content.ToJsonString());
    }

    [Fact]
    public void An_extension_answers_messages_with_their_buffers()
    {
        Open("c1", "echo");
        var effects = Message("comm_msg", "c1", """{"n":7}""", [1, 2, 3]);
        Assert.Equal(["status", "stream", "comm_msg", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("""{"comm_id":"c1","data":{"n":7}}""", effects[2].Content.ToJsonString());
        Assert.Equal(
            [
                [1, 2, 3],
            ],
            effects[2].Buffers
        );
    }

    [Fact]
    public void Open_comms_are_listed_by_target()
    {
        Open("c1", "echo");
        Client.Execute("Comms.AddTarget(\"counter\", (comm, opening) => { });");
        Open("c2", "counter");
        var all = Client.Ask("comm_info_request").Content["comms"]!;
        Assert.Equal(["c1", "c2"], all.AsObject().Select(comm => comm.Key).Order());
        var counters = Client.Ask("comm_info_request", new JsonObject { ["target_name"] = "counter" }).Content;
        Assert.Equal("""{"c2":{"target_name":"counter"}}""", counters["comms"]!.ToJsonString());
    }

    [Fact]
    public void A_cell_registers_a_target_and_its_variables_see_the_messages()
    {
        Client.Execute(
            """
            using System.Text.Json.Nodes;
            var total = 0;
            Comms.AddTarget("sum", (comm, opening) =>
            {
                total = (int)opening.Data["start"]!;
                comm.Received = message => comm.Send(new JsonObject { ["total"] = total += (int)message.Data["add"]! });
                comm.Closed = message => total = -1;
            });
            """
        );
        Open("c1", "sum", """{"start":40}""");
        Assert.Equal(
            """{"comm_id":"c1","data":{"total":42}}""",
            Message("comm_msg", "c1", """{"add":2}""")[1].Content.ToJsonString()
        );
        Message("comm_close", "c1");
        Assert.Equal(
            "ok",
            (string?)Client.Execute("if (total != -1) throw new Exception($\"{total}\");").Reply.Content["status"]
        );
    }

    [Fact]
    public void A_cell_opens_a_comm_and_closes_it()
    {
        var effects = Client
            .Execute(
                """
                using System.Text.Json.Nodes;
                var line = Comms.Open("front.end", new JsonObject { ["a"] = 1 });
                line.Send(new JsonObject { ["b"] = 2 });
                line.Close(new JsonObject { ["c"] = 3 });
                line.Send(new JsonObject { ["lost"] = true });
                """
            )
            .Effects[2..^1];
        Assert.Equal(["comm_open", "comm_msg", "comm_close"], effects.Select(effect => effect.Type));
        Assert.Equal("front.end", (string?)effects[0].Content["target_name"]);
        Assert.Equal(
            ["""{"a":1}""", """{"b":2}""", """{"c":3}"""],
            effects.Select(effect => effect.Content["data"]!.ToJsonString())
        );
        Assert.Single(effects.Select(effect => (string?)effect.Content["comm_id"]).Distinct());
    }

    [Fact]
    public void What_goes_wrong_in_a_comm_is_shown_and_the_kernel_goes_on()
    {
        Open("c1", "echo");
        var effects = Message("comm_msg", "c1", """{"fail":true}""");
        Assert.Equal(["status", "error", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("no such luck", (string?)effects[1].Content["evalue"]);
        Assert.Equal("kernel_info_reply", Client.Ask("kernel_info_request").Type);
    }

    [Fact]
    public void A_comm_whose_opening_fails_is_closed()
    {
        var effects = Open("c1", "echo", """{"fail":true}""");
        Assert.Equal(["status", "comm_close", "error", "status"], effects.Select(effect => effect.Type));
        Assert.Equal("""{"comms":{},"status":"ok"}""", Client.Ask("comm_info_request").Content.ToJsonString());
    }

    [Fact]
    public void A_message_for_a_comm_that_is_not_open_is_ignored()
    {
        Assert.Equal(["status", "status"], Message("comm_msg", "nobody").Select(effect => effect.Type));
        Assert.Contains("A comm_msg was ignored: its comm is not open.", kernel.Log);
    }

    [Fact]
    public void Comms_answer_on_a_subshell_while_a_cell_runs()
    {
        Open("c1", "echo");
        var id = Client.Send(
            Client.Shell,
            "execute_request",
            new JsonObject { ["code"] = "Console.Write(1); await Task.Delay(-1, Cancellation);" }
        );
        Client.Output(id);
        var create = Client.Reply(Client.Control, Client.Send(Client.Control, "create_subshell_request"));
        var subshell = (string)create.Content["subshell_id"]!;
        Assert.Contains(
            Message("comm_msg", "c1", """{"n":1}""", subshell: subshell),
            effect => effect.Type == "comm_msg"
        );
        Client.Reply(Client.Control, Client.Send(Client.Control, "interrupt_request"));
        Client.Reply(Client.Shell, id);
    }

    private List<Received> Open(string id, string target, string data = "{}") =>
        Client.Effects(
            Client.Send(
                Client.Shell,
                "comm_open",
                new JsonObject
                {
                    ["comm_id"] = id,
                    ["target_name"] = target,
                    ["data"] = JsonNode.Parse(data),
                }
            )
        );

    private List<Received> Message(
        string type,
        string id,
        string data = "{}",
        byte[]? buffer = null,
        string? subshell = null
    ) =>
        Client.Effects(
            Client.Send(
                Client.Shell,
                type,
                new JsonObject { ["comm_id"] = id, ["data"] = JsonNode.Parse(data) },
                subshell,
                parent: null,
                buffer is null ? [] : [buffer]
            )
        );

    private sealed class EchoExtension : INotebookExtension
    {
        public string Name => "Echo";

        public void Load(INotebook notebook) =>
            notebook.AddCommTarget(
                "echo",
                (comm, opening) =>
                {
                    Check(opening);
                    comm.Received = message =>
                    {
                        Check(message);
                        Console.Write("heard");
                        comm.Send(message.Data, message.Buffers);
                    };
                }
            );

        private static void Check(CommMessage message)
        {
            if (message.Data.ContainsKey("fail"))
            {
                throw new InvalidOperationException("no such luck");
            }
        }
    }
}
