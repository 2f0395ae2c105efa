using System.Text.Json.Nodes;
using Notebook.Jupyter.Protocol;

namespace Notebook.Jupyter.Tests;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Good = """
        {"shell_port": 50001, "iopub_port": 50002, "stdin_port": 50003, "control_port": 50004, "hb_port": 50005,
         "ip": "127.0.0.1", "key": "a0436f6c", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "under-test"}
        """;

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_file_as_Jupyter_writes_it_is_read()
    {
        var connection = Read(Good);
        Assert.Equal("tcp://127.0.0.1:50001", connection.Endpoint(connection.ShellPort));
        Assert.Equal(("a0436f6c", true), (connection.Key, connection.IsLoopback));
    }

    [Fact]
    public void With_ipc_a_port_ends_the_path()
    {
        var connection = Read(With("transport", "ipc", "ip", "/run/kernel"));
        Assert.Equal("ipc:///run/kernel-50002", connection.Endpoint(connection.IopubPort));
        Assert.True(connection.IsLoopback);
    }

    [Fact]
    public void Another_machine_s_address_is_not_loopback() => Assert.False(Read(With("ip", "0.0.0.0")).IsLoopback);

    [Theory]
    [InlineData("transport", "udp", "transport is \"udp\", expected tcp or ipc")]
    [InlineData("shell_port", 0, "shell_port is 0, expected 1 to 65535")]
    [InlineData("hb_port", 70000, "hb_port is 70000, expected 1 to 65535")]
    [InlineData("stdin_port", 50001, "stdin_port and shell_port are both 50001")]
    [InlineData("ip", "", "ip is empty")]
    [InlineData("signature_scheme", "hmac-md5", "signature_scheme is \"hmac-md5\", expected hmac-sha256")]
    public void A_bad_value_is_named_with_what_was_expected(string name, object value, string sentence)
    {
        var exception = Assert.Throws<CommandException>(() => Read(With(name, value)));
        Assert.Contains(sentence, exception.Message);
        Assert.StartsWith($"{path} is not a Jupyter connection file: ", exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"ip\": \"127.0.0.1\"}")]
    [InlineData("not JSON")]
    public void A_file_that_is_something_else_gives_one_sentence(string text)
    {
        var exception = Assert.Throws<CommandException>(() => Read(text));
        Assert.StartsWith($"{path} is not a Jupyter connection file: ", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains(
            "/nowhere/kernel.json",
            Assert.Throws<CommandException>(() => ConnectionFile.Read("/nowhere/kernel.json")).Message
        );

    private static string With(params object[] pairs)
    {
        var file = JsonNode.Parse(Good)!;
        foreach (var pair in pairs.Chunk(2))
        {
            file[(string)pair[0]] = JsonValue.Create(pair[1]);
        }

        return file.ToJsonString();
    }

    private ConnectionFile Read(string text)
    {
        File.WriteAllText(path, text);
        return ConnectionFile.Read(path);
    }
}
