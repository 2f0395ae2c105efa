using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Peers;

/// <summary>TorchSharp, as its tutorials use it: TorchVision's ResNet-50, or TResNet-M in plain modules.</summary>
internal sealed partial class TorchPeer : IPeer
{
    private readonly nn.Module<Tensor, Tensor> network;
    private readonly Tensor images;
    private readonly optim.Optimizer optimizer;

    private TorchPeer(string name, int threads, string weights, string images)
    {
        set_num_threads(threads);
        MendCaches();
        network = name == "resnet50" ? torchvision.models.resnet50() : new TResNetM();
        var state = network.state_dict();
        using (no_grad())
        {
            foreach (var (key, values) in RawTensors.Read(weights))
            {
                state[key].copy_(tensor(values).reshape(state[key].shape));
            }
        }

        var floats = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(images)).ToArray();
        this.images = ChannelsLast(tensor(floats).reshape(-1, 3, 224, 224));
        // The recipe of ours: SGD with Nesterov momentum, weight decay on weights alone.
        var parameters = network.parameters().ToList();
        optimizer = optim.SGD(
            [
                new TorchSharp.Modules.SGD.ParamGroup(parameters.Where(p => p.dim() > 1), 1e-3, 0.9, 0, 5e-4, true),
                new TorchSharp.Modules.SGD.ParamGroup(parameters.Where(p => p.dim() < 2), 1e-3, 0.9, 0, 0, true),
            ],
            1e-3,
            0.9,
            nesterov: true
        );
        network.eval();
    }

    public string Version =>
        $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}{(OneDnnCaches.AreHidden() ? ", which was told of the caches that this processor hides, or it would die" : "")}";

    // TorchSharp is touched by the constructor alone.
    public static TorchPeer Create(string name, int threads, string weights, string images)
    {
        Load();
        return new TorchPeer(name, threads, weights, images);
    }

    public float[] Logits(int batch)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        network.eval();
        return network.call(images.narrow(0, 0, batch)).data<float>().ToArray();
    }

    public double Infer(int batch)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        network.eval();
        var some = images.narrow(0, 0, batch);
        var start = Stopwatch.GetTimestamp();
        network.call(some);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public double? Train(int batch)
    {
        using var scope = NewDisposeScope();
        network.train();
        var some = images.narrow(0, 0, batch);
        var labels = arange(batch, dtype: ScalarType.Int64);
        var start = Stopwatch.GetTimestamp();
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(network.call(some), labels, label_smoothing: 0.1);
        _ = loss.item<float>();
        loss.backward();
        optimizer.step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public long BytesKept(int batch)
    {
        using var scope = NewDisposeScope();
        network.train();
        var some = images.narrow(0, 0, batch);
        network.call(some).Dispose();
        scope.DisposeEverythingBut(some);
        var before = InUse();
        var result = network.call(some);
        scope.DisposeEverythingBut(some, result);
        return InUse() - before;
    }

    public void Dispose() => network.Dispose();

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static long InUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var info = mallinfo2();
        return (long)(info[4] + info[7]);
    }

    // Alone, it would die of SIGFPE in its first step.
    private static void MendCaches()
    {
        if (OneDnnCaches.AreHidden())
        {
            using var image = zeros(1, 16, 8, 8);
            using var weight = zeros(16, 16, 1, 1);
            nn.functional.conv2d(image, weight).Dispose();
            OneDnnCaches.Mend();
        }
    }

    private static void Load()
    {
        var home = AppContext.BaseDirectory;
        var folders = TorchFolders.Of(home, "0.107.0").ToArray();
        string Find(string file) => folders.Select(folder => Path.Combine(folder, file)).First(File.Exists);
        NativeLibrary.Load(Find("libtorch.so"));
        var bridge = Find("libLibTorchSharp.so");
        if (!NativeLibrary.TryLoad(bridge, out var handle))
        {
            var image = File.ReadAllBytes(bridge);
            ElfVersions.Weaken(image, "GLIBCXX_3.4.32");
            handle = MemoryFile.Load("libLibTorchSharp.so", image);
        }

        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (Assembly _, string name) =>
            name == "LibTorchSharp" ? handle : 0;
    }

    [LibraryImport("libc.so.6")]
    private static partial MallocInfo mallinfo2();

    [System.Runtime.CompilerServices.InlineArray(10)]
    private struct MallocInfo
    {
        private nuint first;
    }
}
