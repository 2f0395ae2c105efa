using System.Runtime.InteropServices;
using System.Text.Json;
using TResNet.Compute;
using TorchSharp;
using TResNet.Checkpoints;
using TResNet.Profiling;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>A network of ours and the peer's (peers/networks.py) with the same weights and images, which agree.</summary>
internal sealed class NetworkPair : IDisposable
{
    /// <summary>The largest batch.</summary>
    public const int MostImages = 32;

    private const int Side = 224;
    private const int Compared = 2;
    private const double Tolerance = 1e-3;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bench");
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string weights;
    private readonly PythonPeer? peer;

    private NetworkPair(string title, string model)
    {
        (Title, Model) = (title, model);
        manual_seed(1);
        weights = Path.Combine(folder.FullName, "weights.pt");
        using (var network = Models.Create(model))
        {
            Vary(network);
            Checkpoint.Save(network, weights);
            MultiplyAdds = Summarizer.Summarize(network, 3, Side, Side).MultiplyAdds;
        }

        Images = randn(MostImages, 3, Side, Side);
        var images = Path.Combine(folder.FullName, "images");
        File.WriteAllBytes(images, MemoryMarshal.AsBytes(TensorMemory.Floats(Images)));
        peer = PythonPeer.Start("networks.py", model, torch.get_num_threads().ToString(), weights, images);
    }

    /// <summary>For the report.</summary>
    public string Title { get; }

    /// <summary>Our name of it.</summary>
    public string Model { get; }

    /// <summary>Of one image.</summary>
    public long MultiplyAdds { get; }

    /// <summary>[32, 3, 224, 224], in the order in which data comes.</summary>
    public Tensor Images { get; }

    /// <summary>The peer and its version; null where there is none.</summary>
    public string? Peer => peer?.Version;

    /// <summary>Makes both.</summary>
    /// <exception cref="InvalidOperationException">Their logits differ.</exception>
    public static NetworkPair Create(string title, string model)
    {
        var pair = new NetworkPair(title, model);
        pair.Compare();
        return pair;
    }

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

    /// <summary>One round of the peer.</summary>
    /// <param name="what"><c>inference</c> or <c>training</c>.</param>
    /// <param name="precision">In what.</param>
    /// <param name="batch">Images.</param>
    /// <returns>Images a second; null where there is no peer, or it does not run.</returns>
    public double? Ask(string what, Precision precision, int batch)
    {
        var answer = Ask(what, precision.ToString().ToLowerInvariant(), batch);
        return answer is { } said && said.TryGetProperty("seconds", out var seconds)
            ? batch / seconds.GetDouble()
            : null;
    }

    /// <summary>The bytes that the peer's forward pass in training keeps for its backward pass; null where there is no peer.</summary>
    /// <param name="batch">Images, in float32.</param>
    public long? BytesKept(int batch) => Ask("kept", "", batch)?.GetProperty("bytes").GetInt64();

    /// <summary>Lets the peer free its networks.</summary>
    public void Forget() => Ask("forget", "", 0);

    public void Dispose()
    {
        peer?.Dispose();
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

    private void Compare()
    {
        if (Ask("logits", "", Compared) is not { } answer)
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
                $"{Title}: the logits of the two sides differ by {off}, so their times cannot be compared."
            );
        }
    }

    private JsonElement? Ask(string what, string precision, int batch) =>
        peer is null
            ? null
            : JsonElement.Parse(
                peer.Ask(
                    JsonSerializer.Serialize(
                        new
                        {
                            @do = what,
                            precision,
                            batch,
                        }
                    )
                )
            );
}
