using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Onnx;
using TResNet.Profiling.Counting;
using TResNet.Weights;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>A network of ours and the peers' (benchmarks/TResNet.Peers) with the same weights and images, which agree.</summary>
internal sealed class NetworkPair : IDisposable
{
    /// <summary>The largest batch.</summary>
    public const int MostImages = 8;

    private const int Side = 224;
    private const int Compared = 2;
    private const double Tolerance = 1e-3;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bench");
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string weights;
    private readonly Dictionary<Peer, PeerProcess?> peers = [];

    private NetworkPair(string title, string model)
    {
        (Title, Model) = (title, model);
        manual_seed(1);
        weights = PathOf("weights.safetensors");
        Images = randn(MostImages, 3, Side, Side);
        File.WriteAllBytes(PathOf("images"), MemoryMarshal.AsBytes(TensorMemory.Floats(Images)));
        using var network = Models.Create(model);
        Vary(network);
        Checkpoint.Save(network, weights);
        MultiplyAdds = Summarizer.Summarize(network, 3, Side, Side).MultiplyAdds;
        WriteRaw(network, PathOf("weights"));
        network.ToOnnx(PathOf("model.onnx"), new OnnxOptions { Height = Side, Width = Side });
    }

    /// <summary>Who is measured beside ours.</summary>
    public enum Peer
    {
        /// <summary>TorchSharp, eagerly, in channels-last order; of ResNet-50 and TResNet-M alone.</summary>
        TorchSharp,

        /// <summary>ONNX Runtime.</summary>
        OnnxRuntime,
    }

    /// <summary>For the report.</summary>
    public string Title { get; }

    /// <summary>Our name of it.</summary>
    public string Model { get; }

    /// <summary>Of one image.</summary>
    public long MultiplyAdds { get; }

    /// <summary>[8, 3, 224, 224], in the order in which data comes.</summary>
    public Tensor Images { get; }

    /// <summary>A peer and its version; null where there is none.</summary>
    public string? VersionOf(Peer peer) => Get(peer)?.Version;

    /// <summary>Makes ours and the peers' files.</summary>
    public static NetworkPair Create(string title, string model) => new(title, model);

    /// <summary>A network of ours with the weights, in channels-last order, in evaluation mode.</summary>
    /// <param name="switches">What to switch; nothing for the network as it is.</param>
    public Network Build(string switches = "")
    {
        var network = Models.Create(Model + switches);
        Checkpoint.Load(network, weights);
        MemoryFormat.ToChannelsLast(network);
        network.eval();
        return network;
    }

    /// <summary>One round of a peer: seconds of a call.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="what"><c>inference</c> or <c>training</c>.</param>
    /// <param name="batch">Images.</param>
    /// <returns>Null where there is no peer, or it does not do that.</returns>
    public double? Seconds(Peer peer, string what, int batch) =>
        Ask(peer, what, batch) is { } answer && answer.TryGetProperty("seconds", out var seconds)
            ? seconds.GetDouble()
            : null;

    /// <summary>Seconds of each of many calls of a peer; null where there is none.</summary>
    public double[]? Calls(Peer peer, int batch, int calls) =>
        Ask(peer, "calls", batch, calls)?.GetProperty("seconds").Deserialize<double[]>();

    /// <summary>The bytes that TorchSharp's forward pass in training keeps for its backward pass; null where there is no peer.</summary>
    public long? BytesKept(int batch) => Ask(Peer.TorchSharp, "kept", batch)?.GetProperty("bytes").GetInt64();

    public void Dispose()
    {
        foreach (var peer in peers.Values)
        {
            peer?.Dispose();
        }

        scope.Dispose();
        folder.Delete(recursive: true);
    }

    // The networks' own weights leave out the end of each branch, which starts at zero.
    private static void Vary(Network network)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in network.state_dict())
        {
            if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                value.uniform_(0.8, 1.2);
            }
            else if (name.EndsWith("running_mean", StringComparison.Ordinal))
            {
                value.uniform_(-0.1, 0.1);
            }
            else if (name.EndsWith("weight", StringComparison.Ordinal) && value.dim() == 1)
            {
                value.uniform_(0.5, 1);
            }
        }
    }

    private static void WriteRaw(Network network, string path)
    {
        using var scope = NewDisposeScope();
        using var writer = new BinaryWriter(File.Create(path));
        foreach (var (name, value) in network.state_dict().Where(entry => entry.Value.is_floating_point()))
        {
            writer.Write(name);
            writer.Write(value.numel());
            writer.Flush();
            writer.BaseStream.Write(MemoryMarshal.AsBytes(TensorMemory.Floats(value.detach().contiguous())));
        }
    }

    private string PathOf(string file) => Path.Combine(folder.FullName, file);

    private PeerProcess? Get(Peer peer)
    {
        if (peers.TryGetValue(peer, out var known))
        {
            return known;
        }

        var threads = torch.get_num_threads().ToString();
        peers[peer] = (peer, Model) switch
        {
            (Peer.OnnxRuntime, _) => PeerProcess.OfLibrary("onnx", PathOf("model.onnx"), threads, PathOf("images")),
            (_, "resnet50" or "tresnet_m") => PeerProcess.OfLibrary(
                "torch",
                Model,
                threads,
                PathOf("weights"),
                PathOf("images")
            ),
            _ => null,
        };
        Compare(peer);
        return peers[peer];
    }

    private void Compare(Peer peer)
    {
        if (Ask(peer, "logits", Compared) is not { } answer)
        {
            return;
        }

        using var inner = NewDisposeScope();
        using var _ = no_grad();
        using var network = Build();
        var ours = network.call(MemoryFormat.ToChannelsLast(Images.narrow(0, 0, Compared)));
        var theirs = tensor(answer.GetProperty("logits").Deserialize<float[]>()!).reshape(ours.shape);
        var off = ((ours - theirs).abs() / theirs.abs().clamp(min: 1)).max().item<float>();
        if (!(off <= Tolerance))
        {
            throw new InvalidOperationException(
                $"{Title}: the logits of {peers[peer]!.Version} differ by {off}, so their times cannot be compared."
            );
        }
    }

    private JsonElement? Ask(Peer peer, string what, int batch, int calls = 1) =>
        Get(peer) is not { } process
            ? null
            : JsonElement.Parse(
                process.Ask(
                    JsonSerializer.Serialize(
                        new
                        {
                            @do = what,
                            batch,
                            calls,
                        }
                    )
                )
            );
}
