using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TResNet.Compute;

/// <summary>Finds the libraries that this assembly calls: libtorch's by the file that TorchSharp uses, never by a name that may find another.</summary>
internal static class NativeLibraries
{
    public const string TorchCpu = "torch_cpu";
    public const string C10 = "c10";
    public const string TorchSharpBridge = "LibTorchSharp";
    public const string Kernels = "tresnet_kernels";
    public const string PartDecoder = "tresnetjpeg";
    public const string GuardedBridge = "tresnet_torchsharp";
    public const string Mpi = "tresnet_mpi";
    public const string Nccl = "nccl";
    public const string CudaRuntime = "cudart";

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Before the first call.")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>The handle of one of them, for what is no function.</summary>
    /// <exception cref="DllNotFoundException">It is not there.</exception>
    public static nint Load(string name) =>
        Resolve(name, typeof(NativeLibraries).Assembly, null) is not 0 and var handle
            ? handle
            : throw new DllNotFoundException(name);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        switch (name)
        {
            case TorchCpu or C10:
                TorchLibrary.Load();
                return NativeLibrary.Load(Beside(TorchLibrary.Location, $"lib{name}.so"));
            case TorchSharpBridge:
                TorchLibrary.Load();
                // Loaded already, from whatever file: its SONAME matches.
                return NativeLibrary.Load("libLibTorchSharp.so");
            case Kernels:
                // After libtorch, whose OpenMP it shares.
                TorchLibrary.Load();
                return LoadOwn(name);
            case PartDecoder or GuardedBridge or Mpi:
                return LoadOwn(name);
            case Nccl:
                return LoadNccl();
            case CudaRuntime:
                TorchLibrary.Load();
                // Its file has a number in its name; it is found by way of who needs it.
                return NativeLibrary.Load(Beside(TorchLibrary.Location, "libc10_cuda.so"));
            default:
                return 0;
        }
    }

    // Beside libtorch for CUDA, or the system's.
    private static nint LoadNccl()
    {
        TorchLibrary.Load();
        const string Name = "libnccl.so.2";
        return
            NativeLibrary.TryLoad(Beside(TorchLibrary.Location, Name), out var beside)
            || NativeLibrary.TryLoad(Name, out beside)
            ? beside
            : 0;
    }

    /// <summary>The handle of a library of this project's; 0 where it is not there.</summary>
    /// <exception cref="DllNotFoundException">It is there, and does not load.</exception>
    internal static nint LoadOwn(string name) =>
        PackageFiles.Natives().Select(folder => Path.Combine(folder, $"lib{name}.so")).FirstOrDefault(File.Exists)
            is { } file
            ? NativeLibrary.Load(file)
            : 0;

    private static string Beside(string? file, string name) =>
        file is null ? name : Path.Combine(Path.GetDirectoryName(file)!, name);
}
