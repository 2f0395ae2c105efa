using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TResNet.Compute;

/// <summary>Shared libraries that are on no disk (<c>man 2 memfd_create</c>).</summary>
internal static partial class MemoryFile
{
    /// <summary>Loads a shared library from its bytes.</summary>
    /// <param name="name">What lists of the process's files call it.</param>
    /// <param name="image">The library.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    /// <exception cref="DllNotFoundException">It does not load.</exception>
    public static nint Load(string name, ReadOnlySpan<byte> image)
    {
        var descriptor = memfd_create(name, 0);
        if (descriptor < 0)
        {
            throw new IOException($"the system gave no memory for {name} (error {Marshal.GetLastPInvokeError()})");
        }

        // Open for as long as the process lives: debuggers read the file again.
        var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        try
        {
            RandomAccess.Write(handle, image, 0);
        }
        // A limit on files counts for those in memory; .NET calls what is beyond it an argument.
        catch (Exception refused) when (refused is IOException or ArgumentOutOfRangeException)
        {
            handle.Close();
            throw new IOException(
                $"{name}, which is loaded from memory here, has {image.Length:N0} bytes, and this shell allows no file as large: ulimit -f unlimited allows more",
                refused
            );
        }

        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
}
