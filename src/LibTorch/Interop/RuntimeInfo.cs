using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Which libtorch is there and how it was built, for people who look into a machine.</summary>
public static class RuntimeInfo
{
    /// <summary>The version, such as <c>1.13.0</c>.</summary>
    /// <exception cref="LibTorchException">libtorch or the bridge is missing; the message says what to install.</exception>
    public static string Version => torch.__version__;

    /// <summary>The bridge's file.</summary>
    public static string BridgePath => BridgeLibrary.Path;

    /// <summary>The file of libtorch that this process loaded; empty where the system does not tell.</summary>
    public static string LibraryPath
    {
        get
        {
            _ = Version;
            const string maps = "/proc/self/maps";
            var line = File.Exists(maps)
                ? File.ReadLines(maps).FirstOrDefault(l => l.Contains("/libtorch_cpu.so", StringComparison.Ordinal))
                : null;
            return line is null ? "" : line[line.IndexOf('/', StringComparison.Ordinal)..];
        }
    }

    /// <summary>What libtorch says of its build: compiler, BLAS, oneDNN, OpenMP, vector instructions; several lines.</summary>
    public static string BuildInfo
    {
        get
        {
            var text = NativeMethods.tb_build_info();
            try
            {
                return Marshal.PtrToStringUTF8(text) ?? "";
            }
            finally
            {
                NativeMethods.tb_free(text);
            }
        }
    }

    /// <summary>Bytes of storage that C# tensors own now, those under 16 KiB not counted.</summary>
    public static long LiveBytes => NativeMemory.Live;
}
