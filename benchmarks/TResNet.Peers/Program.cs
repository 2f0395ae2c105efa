// The other side of ./build.sh bench, in a process of its own with its own defaults: TorchSharp run eagerly in channels-last order, or ONNX Runtime.
//   torch NETWORK THREADS WEIGHTS IMAGES
//   onnx MODEL THREADS IMAGES
// IMAGES holds float32 [N, 3, 224, 224]. Each line on standard input is a JSON object that says what to do; the answer is a line of JSON.
using System.Text.Json;
using TResNet.Peers;

using IPeer peer = args switch
{
    ["torch", var network, var threads, var weights, var images] => TorchPeer.Create(
        network,
        int.Parse(threads),
        weights,
        images
    ),
    ["onnx", var model, var threads, var images] => new OnnxPeer(model, int.Parse(threads), images),
    _ => throw new ArgumentException("usage: torch NETWORK THREADS WEIGHTS IMAGES | onnx MODEL THREADS IMAGES"),
};
Console.WriteLine(peer.Version);
while (Console.ReadLine() is { } line)
{
    var order = JsonElement.Parse(line);
    var batch = order.GetProperty("batch").GetInt32();
    object answer = order.GetProperty("do").GetString() switch
    {
        "logits" => new { logits = peer.Logits(batch) },
        "inference" => new { seconds = peer.Infer(batch) },
        "calls" => new
        {
            seconds = Enumerable.Range(0, order.GetProperty("calls").GetInt32()).Select(_ => peer.Infer(batch)),
        },
        "training" => peer.Train(batch) is { } seconds ? new { seconds } : new { },
        "kept" => new { bytes = peer.BytesKept(batch) },
        var other => throw new ArgumentException($"There is no '{other}'."),
    };
    Console.WriteLine(JsonSerializer.Serialize(answer));
}

/// <summary>One that is measured beside ours.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>Which library it is.</summary>
    string Version { get; }

    /// <summary>Of the first images.</summary>
    float[] Logits(int batch);

    /// <summary>Seconds of a call.</summary>
    double Infer(int batch);

    /// <summary>Seconds of a training step; null where it does not train.</summary>
    double? Train(int batch);

    /// <summary>What a forward in training keeps for its backward.</summary>
    long BytesKept(int batch);
}
