using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace TResNet.Peers;

/// <summary>ONNX Runtime with its defaults: all its optimisations, its own memory, a thread for each that the other side has.</summary>
internal sealed class OnnxPeer : IPeer
{
    private const int Pixels = 3 * 224 * 224;
    private readonly InferenceSession session;
    private readonly float[] images;

    public OnnxPeer(string model, int threads, string images)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        session = new InferenceSession(model, options);
        this.images = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(images)).ToArray();
    }

    public string Version => $"ONNX Runtime {typeof(InferenceSession).Assembly.GetName().Version?.ToString(3)}";

    public float[] Logits(int batch) => Run(batch);

    public double Infer(int batch)
    {
        var start = Stopwatch.GetTimestamp();
        Run(batch);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public double? Train(int batch) => null;

    public long BytesKept(int batch) => 0;

    public void Dispose() => session.Dispose();

    private float[] Run(int batch)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            images.AsMemory(0, batch * Pixels),
            [batch, 3, 224, 224]
        );
        using var run = new RunOptions();
        using var results = session.Run(run, session.InputNames, [input], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
