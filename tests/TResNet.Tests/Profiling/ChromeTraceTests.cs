using System.Text.Json.Nodes;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Tests.Profiling;

/// <summary>The rules of the Trace Event Format that Perfetto needs.</summary>
public sealed class ChromeTraceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("trace").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Events_have_what_the_format_asks_for()
    {
        var events = Written();

        Assert.All(
            events,
            each =>
            {
                Assert.Contains((string)each["ph"]!, (string[])["X", "M"]);
                Assert.NotEmpty((string)each["name"]!);
                Assert.InRange((int)each["pid"]!, 1, 2);
                Assert.InRange((int)each["tid"]!, 0, 3);
            }
        );
        Assert.All(
            Complete(events),
            each =>
            {
                Assert.True((decimal)each["ts"]! >= 0);
                Assert.True((decimal)each["dur"]! >= 0);
            }
        );
        var names = events.Where(each => (string)each["ph"]! == "M").Select(each => (string)each["args"]!["name"]!);
        Assert.Contains("tresnet_nano, training, 2 x 3 x 32 x 32", names);
        Assert.Contains("tresnet_nano, inference, 2 x 3 x 32 x 32", names);
        Assert.Contains("forward", names);
    }

    [Fact]
    public void Events_of_a_thread_nest_or_follow_each_other()
    {
        foreach (var thread in Complete(Written()).GroupBy(each => ((int)each["pid"]!, (int)each["tid"]!)))
        {
            var open = new Stack<decimal>();
            foreach (
                var (start, end) in thread
                    .Select(each => (Start: (decimal)each["ts"]!, End: (decimal)each["ts"]! + (decimal)each["dur"]!))
                    .OrderBy(span => span.Start)
                    .ThenByDescending(span => span.End)
            )
            {
                while (open.Count > 0 && open.Peek() <= start)
                {
                    open.Pop();
                }

                Assert.True(open.Count == 0 || end <= open.Peek());
                open.Push(end);
            }
        }
    }

    [Fact]
    public void Layers_stand_in_their_blocks_with_shapes_forward_and_backward()
    {
        var events = Complete(Written());

        foreach (var category in (string[])["forward", "backward"])
        {
            var own = events.Where(each => (string)each["cat"]! == category && (int)each["pid"]! == 1).ToArray();
            JsonNode Named(string name) => own.Single(each => (string)each["name"]! == name);
            var (net, block, layer) = (
                Named("tresnet_nano"),
                Named("body.layer1.0"),
                Named("body.layer1.0.conv1.conv")
            );
            foreach (var (outer, inner) in (ReadOnlySpan<(JsonNode, JsonNode)>)[(net, block), (block, layer)])
            {
                Assert.True((decimal)outer["ts"]! <= (decimal)inner["ts"]!);
                Assert.True(
                    (decimal)inner["ts"]! + (decimal)inner["dur"]! <= (decimal)outer["ts"]! + (decimal)outer["dur"]!
                );
            }

            Assert.Equal("2 x 16 x 16 x 16", (string)layer["args"]!["input"]!);
            Assert.Equal("Conv2d", (string)layer["args"]!["type"]!);
        }

        Assert.Equal(2, events.Count(each => (string)each["cat"]! == "step"));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_one_sentence()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");

        Assert.Contains(
            "could not be written",
            Assert.Throws<TResNetException>(() => ChromeTrace.Write([], Path.Combine(folder, "file", "a.json"))).Message
        );
    }

    private static JsonNode[] Complete(JsonNode[] events) => [.. events.Where(each => (string)each["ph"]! == "X")];

    private JsonNode[] Written()
    {
        using var nano = Models.Create("tresnet_nano");
        var options = new ThroughputOptions
        {
            BatchSize = 2,
            Rounds = 1,
            Mode = ThroughputMode.Training,
        };
        var file = Path.Combine(folder, "trace.json");
        ChromeTrace.Write(
            [
                LayerProfiler.Measure(nano, [3, 32, 32], options),
                LayerProfiler.Measure(nano, [3, 32, 32], options with { Mode = ThroughputMode.Inference }),
            ],
            file
        );
        return [.. JsonNode.Parse(File.ReadAllText(file))!["traceEvents"]!.AsArray().Select(each => each!)];
    }
}
