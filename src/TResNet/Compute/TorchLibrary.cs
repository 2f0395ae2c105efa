using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace TResNet.Compute;

/// <summary>
/// How libtorch comes into the process. TorchSharp's bridge to it (<c>libLibTorchSharp.so</c>) asks for a symbol version that the C++ library of
/// Debian 12 and Ubuntu 22.04 lacks, libgomp reads its environment when it is loaded, and TorchSharp would copy 478 MB beside the program: so
/// it is loaded here, in the right order, when TorchSharp first asks for it.
/// </summary>
internal static partial class TorchLibrary
{
    /// <summary>The version of TorchSharp that this library was built with: some of its functions that are used here are not public.</summary>
    public static Version BuiltWith { get; } = new(0, 107, 0);

    private const string Bridge = "LibTorchSharp";

    // Bytes: what libtorch's tables of operators take.
    private const int TakenWhileLoading = 56 << 20;

    // Only std::ios_base_library_init carries it, which nothing calls.
    private const string NewestVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static bool done;
    private static nint torchHandle;
    private static nint bridgeHandle;
    private static nint guardedHandle;

    /// <summary>Which library runs the operators, such as <c>TorchSharp 0.107.0, libtorch 2.10.0</c>.</summary>
    public static string Name
    {
        get
        {
            Load();
            var version = typeof(torch).Assembly.GetName().Version?.ToString(3);
            return $"TorchSharp {version}, libtorch {LibTorch.Version()}";
        }
    }

    /// <summary>The file of libtorch, such as <c>/…/libtorch.so</c>; null where TorchSharp has found it by itself.</summary>
    public static string? Location { get; private set; }

    /// <summary>The file of TorchSharp's bridge; null where TorchSharp has found it by itself.</summary>
    public static string? BridgeLocation { get; private set; }

    /// <summary>Why the bridge was loaded from a patched copy in memory; null where it was loaded as it is.</summary>
    public static string? PatchReason { get; private set; }

    /// <summary>Whether TorchSharp is given its bridge with two of its faults kept away (<c>src/TResNet.Kernels/torchsharp</c>).</summary>
    public static bool IsGuarded => guardedHandle != 0;

    /// <summary>Why nothing could be loaded, in one sentence; null where it was.</summary>
    public static string? Failure { get; private set; }

    /// <summary>What oneDNN inside libtorch is told about the processor's caches (<see cref="ProcessorCaches"/>), in a sentence; null where it knows.</summary>
    public static string? CacheNote { get; private set; }

    /// <summary>Loads libtorch now; otherwise that happens when TorchSharp first asks for it.</summary>
    /// <exception cref="TResNetException">It is not there, or does not load here; the message says what to do.</exception>
    public static void Load()
    {
        LoadOnce();
        if (Failure is { } sentence)
        {
            throw new TResNetException(sentence);
        }
    }

    // Once this library is loaded, whoever touches `torch` first is served.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "TorchSharp asks for its libraries in a static constructor, which runs once."
    )]
    internal static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        HostMemory.KeepFreedMemory();
        OpenMPEnvironment.Set();
        var context = AssemblyLoadContext.GetLoadContext(typeof(TorchLibrary).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += (assembly, name) => Resolve(assembly.GetName().Name, name);
        if (context != AssemblyLoadContext.Default)
        {
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (assembly, name) =>
                Resolve(assembly.GetName().Name, name);
        }

        // Beside a published program TorchSharp finds its libraries without asking.
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so")))
        {
            LoadOnce();
        }
    }

    private static nint Resolve(string? assembly, string name)
    {
        if (assembly != "TorchSharp" || name is not ("torch_cpu" or "torch_cuda" or Bridge))
        {
            return 0;
        }

        // TorchSharp would go on, copy what it finds beside the program, and end in a page of text.
        Load();
        return name == Bridge ? bridgeHandle
            : name == "torch_cpu" ? torchHandle
            : 0;
    }

    private static void LoadOnce()
    {
        lock (Gate)
        {
            if (done)
            {
                return;
            }

            done = true;
            try
            {
                LoadFiles();
            }
            catch (IOException failure)
            {
                Failure = $"libtorch cannot be loaded: {failure.Message.TrimEnd('.')}.";
            }
            catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
            {
                Failure =
                    $"libtorch cannot be loaded ({failure.Message.Split('\n')[0].TrimEnd('.')}): restore the package TorchSharp-cpu 0.107.0 again, or take a system with glibc 2.28 or newer.";
            }
        }
    }

    private static void LoadFiles()
    {
        // Somebody has loaded it before this library was.
        if (NativeLibrary.TryLoad("libLibTorchSharp.so", out bridgeHandle))
        {
            AfterLoading();
            return;
        }

        var home = Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? AppContext.BaseDirectory;
        var folders = TorchFolders.Of(home, typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "").ToArray();
        Location = Find("libtorch.so", folders);
        BridgeLocation = Find("libLibTorchSharp.so", folders);
        if (Location is null || BridgeLocation is null)
        {
            Failure =
                $"{(Location is null ? "libtorch.so" : "libLibTorchSharp.so")} was not found beside the program nor among NuGet's packages: reference the package TorchSharp-cpu 0.107.0, or TorchSharp-cuda-linux for a GPU, and restore.";
            return;
        }

        // With libtorch_cpu, libc10 and libgomp, which lie beside it.
        torchHandle = HostMemory.InLargePages(TakenWhileLoading, () => NativeLibrary.Load(Location));
        if (Find("libtorch_cuda.so", [Path.GetDirectoryName(Location)!]) is { } cuda)
        {
            NativeLibrary.TryLoad(cuda, out _);
        }

        bridgeHandle = LoadBridge(BridgeLocation);
        AfterLoading();
    }

    private static nint LoadBridge(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException refused) when (refused.Message.Contains(NewestVersion, StringComparison.Ordinal))
        {
            var image = File.ReadAllBytes(path);
            ElfVersions.Weaken(image, NewestVersion);
            PatchReason = $"the C++ library of this system has no {NewestVersion}, which nothing in it needs";
            return MemoryFile.Load("libLibTorchSharp.so", image);
        }
    }

    private static void AfterLoading()
    {
        guardedHandle = GuardBridge();
        LibTorch.DisableNnpack();
        if (OpenMPEnvironment.FirstOfSeveral() is { } threads)
        {
            LibTorch.SetThreads(threads);
        }

        ForgottenTensors.Watch();
        CacheNote = ProcessorCaches.Mend();
    }

    // 0 where it is not there, or does not fit: TorchSharp is then as its package has it.
    private static nint GuardBridge()
    {
        try
        {
            var handle = NativeLibraries.LoadOwn(NativeLibraries.GuardedBridge);
            if (handle == 0 || !Fits())
            {
                return 0;
            }

            // Before the runtime itself finds the bridge, which is loaded by now.
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Bridge ? handle : 0);
            return handle;
        }
        catch (Exception refused)
            when (refused is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException)
        {
            // Of the last kind where somebody else resolves what TorchSharp calls.
            return 0;
        }
    }

    [LibraryImport(NativeLibraries.GuardedBridge, EntryPoint = "tresnet_bridge_fits")]
    [return: MarshalAs(UnmanagedType.I1)]
    private static partial bool Fits();

    private static string? Find(string file, IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
}
