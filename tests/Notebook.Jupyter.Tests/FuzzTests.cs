using System.Text;
using Notebook.Jupyter.Kernel;

namespace Notebook.Jupyter.Tests;

/// <summary>Whatever arrives, the kernel goes on.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Messages = 10_000;
    private const int Seed = 2003;

    // Every request that the kernel knows, save the one that ends it.
    private static readonly string[] Types =
    [
        "execute_request",
        "complete_request",
        "inspect_request",
        "is_complete_request",
        "history_request",
        "comm_info_request",
        "comm_open",
        "comm_msg",
        "comm_close",
        "connect_request",
        "kernel_info_request",
        "interrupt_request",
        "debug_request",
        "create_subshell_request",
        "delete_subshell_request",
        "list_subshell_request",
        "input_reply",
        "sing_request",
    ];

    // Contents that are well-formed and wrong, or that reach to the edges of what is right. None of them runs a cell.
    private static readonly string[] Contents =
    [
        "{}",
        "[]",
        "null",
        "{\"code\":null}",
        "{\"code\":7,\"cursor_pos\":\"x\"}",
        "{\"code\":\"#!time --\",\"cursor_pos\":-5}",
        "{\"code\":\"#!time --\\ud83d\\ude00\",\"cursor_pos\":2147483647}",
        "{\"code\":\"\\ud83d\",\"cursor_pos\":1}",
        "{\"code\":\"\",\"silent\":\"yes\"}",
        "{\"code\":\"\",\"user_expressions\":[]}",
        "{\"hist_access_type\":\"search\",\"pattern\":\"[*?(\",\"n\":-1}",
        "{\"hist_access_type\":\"range\",\"session\":-99,\"start\":9,\"stop\":-9}",
        "{\"hist_access_type\":\"tail\",\"n\":2147483647}",
        "{\"comm_id\":\"c\",\"target_name\":\"t\",\"data\":[]}",
        "{\"comm_id\":\"c\",\"target_name\":\"t\",\"data\":{}}",
        "{\"subshell_id\":{}}",
        "{\"subshell_id\":\"nowhere\"}",
        "{\"value\":1e999}",
        "{\"seq\":1e99,\"command\":[]}",
        "{\"a\":",
    ];

    private readonly RunningKernel kernel = new();

    private KernelClient Client => kernel.Client;

    public void Dispose() => kernel.Dispose();

    [Fact]
    public void After_ten_thousand_messages_of_every_wrong_kind_the_kernel_still_answers()
    {
        var random = new Random(Seed);
        var good = Client.Frame("replayed", "kernel_info_request", "{}");
        for (var sent = 0; sent < Messages; sent++)
        {
            var frames = (sent % 4) switch
            {
                0 => Noise(random, good),
                1 => Mutated(random, Client.Frame($"m{sent}", Pick(random, Types), Pick(random, Contents))),
                2 => Client.Sign($"{{\"msg_id\":{Pick(random, Contents)}}}", "{}", "{}", "{}"),
                _ => Client.Frame($"s{sent}", Pick(random, Types), Pick(random, Contents), Subshell(random)),
            };
            Pick(random, [Client.Shell, Client.Control, Client.Stdin]).Send(frames);
        }

        foreach (var socket in new[] { Client.Shell, Client.Control })
        {
            var id = Client.Send(socket, "kernel_info_request");
            while (Client.Receive(socket).ParentId != id) { }
        }

        var cell = Client.Send(
            Client.Shell,
            "execute_request",
            new System.Text.Json.Nodes.JsonObject { ["code"] = "6 * 7" }
        );
        Assert.Equal("ok", (string?)Client.Reply(Client.Shell, cell).Content["status"]);
        Assert.Contains("A message on shell was dropped: its signature is wrong.", kernel.Log);
        Assert.Contains("A message on control was dropped: it has no <IDS|MSG> frame.", kernel.Log);
    }

    [Fact]
    public void A_flood_is_counted_after_its_first_lines()
    {
        var log = new StringWriter();
        var time = new ManualTime();
        var drops = new DroppedMessageLog(new KernelLog(log, "under-test"), "shell", time);
        for (var i = 0; i < 1000; i++)
        {
            drops.Write("its signature is wrong");
        }

        Assert.Equal(DroppedMessageLog.Most + 1, Lines(log));
        time.Now += DroppedMessageLog.Window;
        drops.Write("it is cut short");
        Assert.Equal(DroppedMessageLog.Most + 3, Lines(log));
        Assert.Contains($"{1000 - DroppedMessageLog.Most} more messages on shell were dropped.", log.ToString());
        Assert.EndsWith("A message on shell was dropped: it is cut short.", log.ToString().TrimEnd());
    }

    private static List<byte[]> Noise(Random random, List<byte[]> good) =>
        [
            .. Enumerable
                .Range(0, random.Next(1, 10))
                .Select(_ =>
                {
                    var frame = new byte[random.Next(64)];
                    random.NextBytes(frame);
                    return random.Next(3) == 0 ? good[random.Next(good.Count)] : frame;
                }),
        ];

    /// <summary>A signed message with one thing changed: a bit, a frame lost, doubled, or cut short.</summary>
    private static List<byte[]> Mutated(Random random, List<byte[]> frames)
    {
        var at = random.Next(frames.Count);
        switch (random.Next(4))
        {
            case 0 when frames[at].Length > 0:
                frames[at] = [.. frames[at]];
                frames[at][random.Next(frames[at].Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                frames.RemoveAt(at);
                break;
            case 2:
                frames.Insert(at, frames[at]);
                break;
            default:
                frames[at] = frames[at][..(frames[at].Length / 2)];
                break;
        }

        return frames.Count > 0 ? frames : [Encoding.ASCII.GetBytes("x")];
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static string? Subshell(Random random) => random.Next(8) == 0 ? "nowhere" : null;

    private static int Lines(StringWriter log) => log.ToString().TrimEnd().Split('\n').Length;

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
