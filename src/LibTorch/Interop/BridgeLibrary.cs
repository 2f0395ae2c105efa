using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// Finds and loads the bridge, and with it libtorch. Before that it sets what has to be set first: OpenMP's wait policy and, after,
/// the thread count.
/// </summary>
internal static partial class BridgeLibrary
{
    internal const string Name = "torchbridge";

    /// <summary>Names a bridge built elsewhere, for example against the libtorch of a PyTorch wheel.</summary>
    internal const string PathVariable = "TRESNET_TORCH_BRIDGE";

    internal static string Path =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path
            ? path
            : System.IO.Path.Combine(AppContext.BaseDirectory, $"lib{Name}.so");

#pragma warning disable CA2255 // The resolver has to be there before any P/Invoke of this assembly runs.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(
            typeof(BridgeLibrary).Assembly,
            static (name, _, _) => name == Name ? Load() : nint.Zero
        );

    private static unsafe nint Load()
    {
        // Threads that always wait busily cost up to twenty times on a shared machine; threads that fall asleep between two operators, a sixth of
        // a network's throughput on a free one. A wait of this many turns, about a millisecond, costs neither: the default is three times as long,
        // and half as fast beside other programs. libgomp reads the C environment once, when it loads, and .NET's own environment is a copy:
        // hence setenv. A user's setting wins.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
            setenv("GOMP_SPINCOUNT", "100000", 0);
        }

        var path = Path;
        if (!File.Exists(path))
        {
            throw new LibTorchException(
                $"The libtorch bridge was not built (there is no {path}): run ./build.sh, which needs libtorch (apt-get install libtorch-dev, or TORCH_DIR=<cmake prefix>)."
            );
        }

        nint handle;
        try
        {
            handle = NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new LibTorchException(
                $"libtorch was not found ({MissingLibrary(e.Message)}): install it with 'apt-get install libtorch-dev', or build against another one with TORCH_DIR=<its cmake prefix> ./build.sh.",
                e
            );
        }

        // libtorch on Debian starts with one thread.
        var setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(handle, "tb_set_num_threads");
        setThreads(Threads());

        // A container's limit, which .NET knows and the C library does not.
        var setMemory = (delegate* unmanaged<long, void>)NativeLibrary.GetExport(handle, "tb_set_memory");
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var bytes)
        {
            setMemory(bytes);
        }

        return handle;
    }

    // As PyTorch: what OpenMP's variable says, of a list the first; else one thread a processor.
    private static int Threads() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("OMP_NUM_THREADS")?.Split(',')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var asked
        ) && asked is > 0 and <= 1024
            ? asked
            : Environment.ProcessorCount;

    private static string MissingLibrary(string loaderMessage)
    {
        var line = loaderMessage.Split('\n').FirstOrDefault(l => l.Contains("cannot open", StringComparison.Ordinal));
        return (line ?? loaderMessage.Split('\n')[0]).Trim().TrimEnd('.');
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
