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

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Before the first call.")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

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
            case PartDecoder:
                return LoadOwn(name);
            default:
                return 0;
        }
    }

    private static nint LoadOwn(string name) =>
        PackageFiles.Natives().Select(folder => Path.Combine(folder, $"lib{name}.so")).FirstOrDefault(File.Exists)
            is { } file
            ? NativeLibrary.Load(file)
            : 0;

    private static string Beside(string? file, string name) =>
        file is null ? name : Path.Combine(Path.GetDirectoryName(file)!, name);
}
