using System.Globalization;
using System.Runtime.InteropServices;

namespace TResNet.Compute;

/// <summary>
/// What OpenMP's library reads when it is loaded. Threads that wait for the next operator spin for about a millisecond and then sleep: not at all
/// loses a sixth on a free machine, three times as long half of the speed on a busy one.
/// </summary>
internal static partial class OpenMPEnvironment
{
    /// <summary>The variable that says how many threads compute.</summary>
    public const string Threads = "OMP_NUM_THREADS";

    /// <summary>Sets what the user has not.</summary>
    public static void Set()
    {
        // .NET's environment is a copy that C code does not see.
        SetUnlessThere("OMP_WAIT_POLICY", "PASSIVE");
        SetUnlessThere("GOMP_SPINCOUNT", "100000");
    }

    /// <summary>
    /// The first of several numbers in <c>OMP_NUM_THREADS</c> (OpenMP 5.0, section 6.2), which libtorch does not read; null where there are not several.
    /// </summary>
    public static int? FirstOfSeveral() =>
        Environment.GetEnvironmentVariable(Threads)?.Split(',') is [var first, _, ..]
        && int.TryParse(first, out var count)
        && count > 0
            ? count
            : null;

    /// <summary>Computes with this process's processors (<see cref="Processors"/>), where the user has not said with how many threads.</summary>
    public static void Take()
    {
        if (Environment.GetEnvironmentVariable(Threads) is null)
        {
            var threads = Processors.Count;
            SetUnlessThere(Threads, threads.ToString(CultureInfo.InvariantCulture));
            // Beside a published program libtorch is loaded by now.
            TorchLibrary.Load();
            LibTorch.SetThreads(threads);
        }
    }

    private static void SetUnlessThere(string name, string value) => _ = setenv(name, value, 0);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
