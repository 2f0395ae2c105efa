// The connection file: where a kernel listens and the key that signs its messages
// (jupyter_client, "Making kernels for Jupyter", "Connection files").
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Notebook.Jupyter.Protocol;

/// <summary>What the front end wrote for the kernel it starts. Made by <see cref="Read"/> only, which checks every value.</summary>
/// <param name="Transport"><c>tcp</c> or <c>ipc</c>.</param>
/// <param name="Ip">The address to listen on; with <c>ipc</c> the stem of the sockets' paths.</param>
/// <param name="ShellPort">Port of the shell channel; with <c>ipc</c> the number that ends its path.</param>
/// <param name="IopubPort">Port of the iopub channel.</param>
/// <param name="StdinPort">Port of the stdin channel.</param>
/// <param name="ControlPort">Port of the control channel.</param>
/// <param name="HbPort">Port of the heartbeat.</param>
/// <param name="Key">The key of the signatures; empty for unsigned messages.</param>
/// <param name="SignatureScheme"><c>hmac-sha256</c>, the only scheme in use.</param>
internal sealed record ConnectionFile(
    string Transport,
    string Ip,
    int ShellPort,
    int IopubPort,
    int StdinPort,
    int ControlPort,
    int HbPort,
    string Key = "",
    string SignatureScheme = "hmac-sha256"
)
{
    private const int LargestSize = 1 << 20;

    /// <summary>Whether only this machine's processes can connect.</summary>
    [JsonIgnore]
    public bool IsLoopback =>
        Transport == "ipc"
        || Ip == "localhost"
        || (System.Net.IPAddress.TryParse(Ip, out var ip) && System.Net.IPAddress.IsLoopback(ip));

    /// <summary>The address of a channel in ZeroMQ's notation.</summary>
    public string Endpoint(int port) => Transport == "ipc" ? $"ipc://{Ip}-{port}" : $"tcp://{Ip}:{port}";

    /// <summary>Reads and checks a connection file.</summary>
    /// <exception cref="CommandException">It cannot be read, or a value is missing or out of range.</exception>
    public static ConnectionFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestSize)
            {
                throw Bad(path, "it is larger than 1 MB");
            }

            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), ProtocolJson.Shared.ConnectionFile);
            return file is null ? throw Bad(path, "it is empty") : file.Check(path);
        }
        catch (JsonException exception)
        {
            throw Bad(path, exception.Message.Split(" Path:")[0].TrimEnd('.'));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"The connection file {path} cannot be read: give the path that Jupyter passes as {{connection_file}}.",
                exception
            );
        }
    }

    private static CommandException Bad(string path, string reason) =>
        new($"{path} is not a Jupyter connection file: {reason}. Jupyter writes one for every kernel it starts.");

    private ConnectionFile Check(string path)
    {
        if (Transport is not ("tcp" or "ipc"))
        {
            throw Bad(path, $"transport is \"{Transport}\", expected tcp or ipc");
        }

        if (Ip.Length == 0)
        {
            throw Bad(path, "ip is empty");
        }

        if (Key.Length > 0 && SignatureScheme != "hmac-sha256")
        {
            throw Bad(path, $"signature_scheme is \"{SignatureScheme}\", expected hmac-sha256");
        }

        var ports = new[]
        {
            ("shell_port", ShellPort),
            ("iopub_port", IopubPort),
            ("stdin_port", StdinPort),
            ("control_port", ControlPort),
            ("hb_port", HbPort),
        };
        foreach (var (name, port) in ports)
        {
            if (port is < 1 or > 65535)
            {
                throw Bad(path, $"{name} is {port}, expected 1 to 65535");
            }

            if (ports.First(other => other.Item2 == port).Item1 is var first && first != name)
            {
                throw Bad(path, $"{name} and {first} are both {port}");
            }
        }

        return this;
    }
}
