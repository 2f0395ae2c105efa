// The Trace Event Format of Chrome's about:tracing, which Perfetto (ui.perfetto.dev) opens: an object with "traceEvents"; complete events (ph X) have
// a begin (ts) and a length (dur) in microseconds, and nest on a thread (pid, tid) by time; metadata events (ph M) name processes and threads.

using System.Text.Encodings.Web;
using System.Text.Json;
using TResNet.Files;
using TResNet.Profiling.Options;

namespace TResNet.Profiling.Layers;

/// <summary>Writes layer profiles as a trace to look at on a time line.</summary>
internal static class ChromeTrace
{
    private const int ForwardThread = 1;
    private const int BackwardThread = 2;
    private const int StepThread = 3;

    /// <summary>
    /// Writes a file with a process for each profile. Forward is one pass as it went; backward is laid out from the times of the modules alone, last
    /// layer first, since autograd tells no time of its own.
    /// </summary>
    /// <param name="profiles">The networks.</param>
    /// <param name="path">The file; one that is there is replaced once the new one is whole.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Write(IReadOnlyList<LayerProfile> profiles, string path) =>
        AtomicFile.Write(path, (Stream stream) => Write(profiles, stream));

    internal static void Write(IReadOnlyList<LayerProfile> profiles, Stream stream)
    {
        using var json = new Utf8JsonWriter(
            stream,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        for (var i = 0; i < profiles.Count; i++)
        {
            new Process(json, profiles[i], i + 1).Write();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One network's events. Times are whole nanoseconds, so that what nests does so to the last digit.</summary>
    private sealed class Process(Utf8JsonWriter json, LayerProfile profile, int id)
    {
        private readonly ILookup<int, int> inside = profile
            .Layers.Select((layer, i) => (layer.Parent, i))
            .ToLookup(pair => pair.Parent, pair => pair.i);

        public void Write()
        {
            var training = profile.Mode == ThroughputMode.Training;
            var mode = training ? "training" : "inference";
            Name("process_name", 0, $"{profile.Model}, {mode}, {string.Join(" x ", profile.InputShape)}");
            Name("thread_name", ForwardThread, "forward");
            var end = 0L;
            for (var i = 0; i < profile.Layers.Count; i++)
            {
                var layer = profile.Layers[i];
                Event(layer, ForwardThread, Nanoseconds(layer.Start), Nanoseconds(layer.End), isForward: true);
                end = Math.Max(end, Nanoseconds(layer.End));
            }

            if (!training)
            {
                return;
            }

            Name("thread_name", BackwardThread, "backward, each module timed alone");
            Name("thread_name", StepThread, "loss and optimiser");
            var afterLoss = end + Nanoseconds(profile.Step.Loss);
            Event("loss", StepThread, end, afterLoss);
            var afterBackward = Backward(0, afterLoss);
            Event("optimiser", StepThread, afterBackward, afterBackward + Nanoseconds(profile.Step.Optimizer));
        }

        /// <summary>Writes what a call's backward took: its own part first, which comes last in forward, then what is inside, from the end.</summary>
        /// <returns>When it ended.</returns>
        private long Backward(int at, long start)
        {
            var layer = profile.Layers[at];
            var end = start + Nanoseconds(layer.Backward);
            foreach (var child in inside[at].Reverse())
            {
                end = Backward(child, end);
            }

            Event(layer, BackwardThread, start, end, isForward: false);
            return end;
        }

        private void Event(LayerTiming layer, int thread, long start, long end, bool isForward)
        {
            Begin(layer.Name.Length == 0 ? profile.Model : layer.Name, thread, start, end);
            json.WriteStartObject("args");
            json.WriteString("type", layer.Type);
            json.WriteString("kind", layer.Kind.ToString());
            json.WriteString("input", string.Join(" x ", layer.InputShape));
            json.WriteString("output", string.Join(" x ", layer.OutputShape));
            var work = isForward ? layer.ForwardWork : layer.BackwardWork;
            if (work.Bytes > 0)
            {
                json.WriteNumber("operations (estimate)", Math.Round(work.Operations));
                json.WriteNumber("bytes (estimate)", Math.Round(work.Bytes));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        private void Event(string name, int thread, long start, long end)
        {
            Begin(name, thread, start, end);
            json.WriteEndObject();
        }

        private void Begin(string name, int thread, long start, long end)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString(
                "cat",
                thread switch
                {
                    ForwardThread => "forward",
                    BackwardThread => "backward",
                    _ => "step",
                }
            );
            json.WriteString("ph", "X");
            json.WriteNumber("ts", start / 1000m);
            json.WriteNumber("dur", (end - start) / 1000m);
            json.WriteNumber("pid", id);
            json.WriteNumber("tid", thread);
        }

        private void Name(string what, int thread, string name)
        {
            json.WriteStartObject();
            json.WriteString("name", what);
            json.WriteString("ph", "M");
            json.WriteNumber("pid", id);
            json.WriteNumber("tid", thread);
            json.WriteStartObject("args");
            json.WriteString("name", name);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private static long Nanoseconds(double seconds) => (long)Math.Round(seconds * 1e9);
    }
}
