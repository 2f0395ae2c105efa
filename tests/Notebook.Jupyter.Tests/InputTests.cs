using System.Text.Json.Nodes;
using Notebook.Outputs;

namespace Notebook.Jupyter.Tests;

/// <summary>Cells that ask the person in front of them.</summary>
public sealed class InputTests : IDisposable
{
    private readonly RunningKernel kernel = new();

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Theory]
    [InlineData("Console.ReadLine()", """{"prompt":"","password":false}""")]
    [InlineData("await Console.In.ReadLineAsync()", """{"prompt":"","password":false}""")]
    [InlineData("Input.ReadLine(\"Name: \")", """{"prompt":"Name: ","password":false}""")]
    [InlineData("Input.Password(\"Key: \")", """{"prompt":"Key: ","password":true}""")]
    public void A_question_goes_to_who_runs_the_cell_and_waits_for_the_answer(string code, string question)
    {
        var id = Send($"var answer = {code}; answer + \"!\"");
        var asked = Client.Receive(Client.Stdin);
        Assert.Equal(("input_request", id), (asked.Type, asked.ParentId));
        Assert.Equal(question, asked.Content.ToJsonString());
        Answer("wörd \U0001F600", asked.Id);
        Assert.Equal("ok", (string?)Client.Reply(Client.Shell, id).Content["status"]);
        Assert.Equal(
            "wörd \U0001F600!",
            (string?)Client.Effects(id).Single(effect => effect.Type == "execute_result").Content["data"]!["text/plain"]
        );
    }

    [Fact]
    public void Characters_are_read_from_one_line()
    {
        var id = Send("$\"{(char)Console.Read()}{(char)Console.Read()}{Console.ReadLine()}\"");
        Answer("abc", Client.Receive(Client.Stdin).Id);
        Client.Reply(Client.Shell, id);
        Assert.Contains("\"text/plain\":\"abc\"", KernelClientJson(id));
    }

    [Fact]
    public void What_was_written_before_the_question_is_seen_before_it()
    {
        var id = Send("Console.Write(\"Your name: \"); Console.ReadLine()");
        Client.Receive(Client.Stdin);
        Assert.Equal("Your name: ", Client.Output(id));
        Interrupt();
        Client.Reply(Client.Shell, id);
    }

    [Fact]
    public void An_answer_without_a_parent_is_taken_too()
    {
        var id = Send("Console.ReadLine()");
        Client.Receive(Client.Stdin);
        Answer("old client", parent: null);
        Assert.Equal("ok", (string?)Client.Reply(Client.Shell, id).Content["status"]);
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_is_not_kept_for_the_next_question()
    {
        Answer("too early", parent: null);
        Answer("of another question", parent: "other");
        Assert.True(SpinWait.SpinUntil(() => kernel.Log.Split("was ignored").Length == 3, TimeSpan.FromSeconds(30)));
        var id = Send("Console.ReadLine()");
        var asked = Client.Receive(Client.Stdin);
        Answer("of another question", parent: "other");
        Answer("right", asked.Id);
        Client.Reply(Client.Shell, id);
        Assert.Contains("\"text/plain\":\"right\"", KernelClientJson(id));
        Assert.Contains("An input_reply on stdin was ignored: nothing waits for it.", kernel.Log);
    }

    [Theory]
    [InlineData("Console.ReadLine()")]
    [InlineData("Input.Password()")]
    public void A_front_end_that_takes_no_questions_gets_one_sentence(string code)
    {
        var reply = Client.Execute(code, new JsonObject { ["allow_stdin"] = false }).Reply.Content;
        Assert.Equal("CommandException", (string?)reply["ename"]);
        Assert.StartsWith("The cell asks for input, and nobody can answer:", (string?)reply["evalue"]);
        // The sentence, and where in the cell it asked.
        Assert.Equal("    at cell 1, line 1", (string?)reply["traceback"]!.AsArray()[^1]);
        Assert.Equal(2, reply["traceback"]!.AsArray().Count);
    }

    [Fact]
    public void An_interrupt_ends_the_wait()
    {
        var id = Send("var kept = 3; Console.ReadLine();");
        Client.Receive(Client.Stdin);
        Interrupt();
        Assert.Equal("Interrupted", (string?)Client.Reply(Client.Shell, id).Content["ename"]);
        Assert.Equal("ok", (string?)Client.Execute("kept").Reply.Content["status"]);
    }

    private void Interrupt() => Client.Reply(Client.Control, Client.Send(Client.Control, "interrupt_request"));

    private void Answer(string value, string? parent) =>
        Client.Send(Client.Stdin, "input_reply", new JsonObject { ["value"] = value }, parent: parent);

    private string KernelClientJson(string id) =>
        string.Concat(Client.Effects(id).Select(effect => effect.Content.ToJsonString()));

    private string Send(string code) =>
        Client.Send(Client.Shell, "execute_request", new JsonObject { ["code"] = code, ["allow_stdin"] = true });
}
