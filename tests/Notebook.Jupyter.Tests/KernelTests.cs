using System.Text.Json.Nodes;
using Tests;

namespace Notebook.Jupyter.Tests;

public sealed class KernelTests : IDisposable
{
    private readonly RunningKernel kernel = new();

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void A_subscriber_is_welcomed()
    {
        Assert.Equal("iopub_welcome", Client.Welcome.Type);
        Assert.Equal("", (string?)Client.Welcome.Content["subscription"]);
    }

    [Fact]
    public void The_heartbeat_echoes()
    {
        Client.Heartbeat.Send(["ping"u8.ToArray()]);
        Assert.Equal(["ping"u8.ToArray()], Client.Heartbeat.Receive()!);
    }

    [Fact]
    public void Kernel_info_says_what_a_front_end_needs()
    {
        var info = Client.Ask("kernel_info_request");
        Assert.Equal("kernel_info_reply", info.Type);
        Snapshot.Match(
            System.Text.RegularExpressions.Regex.Replace(
                info.Content.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }),
                @"\.NET \d+\.\d+\.\d+",
                ".NET VERSION"
            ),
            "json"
        );
    }

    [Fact]
    public void Connect_names_the_ports() =>
        Assert.Equal(
            """{"shell_port":1,"iopub_port":2,"stdin_port":3,"hb_port":5,"control_port":4,"status":"ok"}""",
            Client.Ask("connect_request").Content.ToJsonString()
        );

    [Fact]
    public void Every_request_is_framed_by_busy_and_idle()
    {
        var id = Client.Send(Client.Shell, "kernel_info_request");
        Client.Reply(Client.Shell, id);
        Assert.Equal(
            "status {\"execution_state\":\"busy\"}\nstatus {\"execution_state\":\"idle\"}",
            KernelClient.Describe(Client.Effects(id))
        );
    }

    [Theory]
    [InlineData("1 + 1", "complete")]
    [InlineData("foreach (var x in xs)\n{\n    if (x)\n    {", "incomplete", 8)]
    [InlineData("var x = Math.Max(1,", "incomplete", 4)]
    [InlineData("var x = \"", "invalid")]
    [InlineData("1 + ) 2;", "invalid")]
    [InlineData("", "complete")]
    [InlineData("#!lsmagic", "complete")]
    [InlineData("#!time\nclass C {", "incomplete", 4)]
    [InlineData("#!markdown\nUnbalanced ( { prose", "complete")]
    public void Enter_runs_only_what_is_complete(string code, string status, int indent = 0)
    {
        var reply = Client.Ask("is_complete_request", new JsonObject { ["code"] = code }).Content;
        Assert.Equal(status, (string?)reply["status"]);
        Assert.Equal(status == "incomplete" ? new string(' ', indent) : null, (string?)reply["indent"]);
    }

    [Fact]
    public void What_is_not_known_is_logged_and_the_next_request_answered()
    {
        Client.Effects(Client.Send(Client.Shell, "sing_request"));
        Assert.Equal("kernel_info_reply", Client.Ask("kernel_info_request").Type);
        Assert.Contains("A message of type sing_request was ignored", kernel.Log);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"code": 3}""")]
    [InlineData("""{"code": null}""")]
    [InlineData("""{"code": "\ud800"}""")]
    public void Content_that_breaks_the_specification_is_answered_with_an_error(string content)
    {
        Client.Shell.Send(Client.Frame("bad", "execute_request", content));
        var reply = Client.Reply(Client.Shell, "bad");
        Assert.Equal(("execute_reply", "error"), (reply.Type, (string?)reply.Content["status"]));
        Assert.Equal("ProtocolError", (string?)reply.Content["ename"]);
    }

    [Fact]
    public void A_tampered_or_replayed_request_is_not_carried_out()
    {
        var forged = Client.Frame("forged", "execute_request", """{"code": "var owned = 1;"}""");
        forged[^1] = """{"code": "var owned = 2;"}"""u8.ToArray();
        Client.Shell.Send(forged);
        var once = Client.Frame("once", "kernel_info_request", "{}");
        Client.Shell.Send(once);
        Client.Shell.Send(once);
        Assert.Equal("once", Client.Receive(Client.Shell).ParentId);
        Assert.Equal("error", (string?)Client.Execute("owned").Reply.Content["status"]);
        Assert.Contains("its signature is wrong", kernel.Log);
        Assert.Contains("its signature was seen before", kernel.Log);
    }

    [Fact]
    public void A_request_for_the_debugger_fails_as_its_protocol_says()
    {
        var asked = new JsonObject
        {
            ["type"] = "request",
            ["seq"] = 3,
            ["command"] = "debugInfo",
        };
        var id = Client.Send(Client.Control, "debug_request", asked);
        var reply = Client.Reply(Client.Control, id);
        Assert.Equal("debug_reply", reply.Type);
        Assert.Equal(
            """{"request_seq":3,"command":"debugInfo","message":"This kernel has no debugger.","seq":0,"type":"response","success":false}""",
            reply.Content.ToJsonString()
        );
        Assert.Equal(["status", "status"], Client.Effects(id).Select(effect => effect.Type));
        Client.Control.Send(Client.Frame("odd", "debug_request", """{"seq":"x","command":7}"""));
        Assert.False((bool)Client.Reply(Client.Control, "odd").Content["success"]!);
    }

    [Fact]
    public void Requests_on_control_are_framed_by_busy_and_idle()
    {
        foreach (var type in new[] { "kernel_info_request", "interrupt_request", "list_subshell_request" })
        {
            var id = Client.Send(Client.Control, type);
            Client.Reply(Client.Control, id);
            Assert.Equal(
                "status {\"execution_state\":\"busy\"}\nstatus {\"execution_state\":\"idle\"}",
                KernelClient.Describe(Client.Effects(id))
            );
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shutdown_is_answered_and_the_kernel_ends(bool restart)
    {
        var id = Client.Send(Client.Control, "shutdown_request", new JsonObject { ["restart"] = restart });
        var reply = Client.Reply(Client.Control, id);
        Assert.Equal($$"""{"restart":{{(restart ? "true" : "false")}},"status":"ok"}""", reply.Content.ToJsonString());
        Assert.Equal(["status", "shutdown_reply", "status"], Client.Effects(id).Select(effect => effect.Type));
        await kernel.Finished.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
