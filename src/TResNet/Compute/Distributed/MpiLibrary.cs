using System.Runtime.InteropServices;
using System.Text;

namespace TResNet.Compute.Distributed;

/// <summary>The calls of MPI (<c>src/TResNet.Kernels/mpi</c>), compiled against the <c>mpi.h</c> of the machine that built them.</summary>
internal static unsafe partial class MpiLibrary
{
    private const string HowToInstall =
        "install Open MPI (apt-get install openmpi-bin libopenmpi-dev), or load the MPI module of the cluster, and build again";

    // tresnet_mpi.h's TRESNET_MPI_VERSION.
    private const int Version = 2;

    private const int Text = 8192;

    /// <summary>Why the library does not load, and what to do; null where it does.</summary>
    public static string? WhyNot
    {
        get
        {
            try
            {
                var version = tresnet_mpi_version();
                return version == Version
                    ? null
                    : $"libtresnet_mpi.so is of another build (interface {version}, not {Version}): build again";
            }
            catch (Exception missing)
                when (missing is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                return $"libtresnet_mpi.so was not built or does not load here: {HowToInstall}";
            }
        }
    }

    /// <summary>Makes sure that the library loads.</summary>
    /// <exception cref="TResNetException">It does not; the message says why, and what to do.</exception>
    public static void Require()
    {
        if (WhyNot is { } why)
        {
            throw new TResNetException($"This is one of several processes, which MPI is needed for, and {why}.");
        }
    }

    /// <summary>Throws where a call has failed.</summary>
    /// <exception cref="TResNetException">It has; the message is MPI's.</exception>
    public static void Check(int code, string what)
    {
        if (code != 0)
        {
            throw new TResNetException(
                $"{what} failed between the processes: {Read((text, bytes) => tresnet_mpi_error(code, text, bytes))}"
            );
        }
    }

    /// <summary>What the library calls itself, its first line.</summary>
    public static string Name() => Read(tresnet_mpi_library).Split('\n', ',')[0].Trim();

    private delegate int Reading(byte* text, int bytes);

    private static string Read(Reading read)
    {
        var text = stackalloc byte[Text];
        text[0] = 0;
        _ = read(text, Text);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)).Trim();
    }

    [LibraryImport(NativeLibraries.Mpi)]
    private static partial int tresnet_mpi_version();

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_init(out int rank, out int size);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_machine(out int rank, out int size, out double share);

    [LibraryImport(NativeLibraries.Mpi)]
    private static partial int tresnet_mpi_library(byte* name, int bytes);

    [LibraryImport(NativeLibraries.Mpi)]
    private static partial int tresnet_mpi_error(int code, byte* message, int bytes);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_allreduce(
        MpiChannel channel,
        void* values,
        long count,
        MpiType type,
        MpiOperation operation,
        out nint request
    );

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_wait(ref nint request);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_progress();

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_broadcast(void* values, long bytes, int root);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_allgather(void* own, long bytes, void* all);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_barrier();

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_abort(int code);

    [LibraryImport(NativeLibraries.Mpi)]
    internal static partial int tresnet_mpi_finalize();
}

/// <summary>Ways between the processes, each with an order of its own.</summary>
internal enum MpiChannel
{
    /// <summary>What is agreed between two steps.</summary>
    Control,

    /// <summary>Gradients, while backward runs.</summary>
    Gradients,

    /// <summary>Statistics of normalisations, meanwhile.</summary>
    Statistics,
}

/// <summary>Types of elements.</summary>
internal enum MpiType
{
    /// <summary>float32.</summary>
    Float,

    /// <summary>float64.</summary>
    Double,
}

/// <summary>What is made of the values of all processes.</summary>
internal enum MpiOperation
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The greatest.</summary>
    Max,
}
