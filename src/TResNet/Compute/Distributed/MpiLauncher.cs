using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TResNet.Compute.Distributed;

/// <summary>Starts several processes of one program on this machine by <c>mpirun</c>, or on others where a file lists them.</summary>
internal static partial class MpiLauncher
{
    /// <summary>The signal that asks the processes to stop: SIGUSR2 of Linux, which mpirun passes on.</summary>
    public const int StopSignal = 12;

    /// <summary>The signal that has a training write its state: SIGUSR1 of Linux, which Slurm sends, and mpirun passes on.</summary>
    public const int SaveSignal = 10;

    /// <summary>What is said where <see cref="Find"/> finds none, after who needs it.</summary>
    public const string NotThere =
        "mpirun, which is not there: apt-get install openmpi-bin libopenmpi-dev, or load the MPI module of the cluster.";

    private const int SigTerm = 15;

    // What Open MPI reads, version 4 and 5: within a machine, messages go by shared memory, and nobody else's network hears of it.
    private static readonly (string Name, string Value)[] OnLoopback =
    [
        ("OMPI_MCA_btl", "^tcp,openib"),
        ("OMPI_MCA_oob_tcp_if_include", "lo"),
        ("PRTE_MCA_prte_if_include", "lo"),
        ("PMIX_MCA_ptl_tcp_if_include", "lo"),
        // Seconds until those that are left get SIGTERM, once one has died, and once more until SIGKILL.
        ("OMPI_MCA_odls_base_sigkill_timeout", "4"),
        ("PRTE_MCA_odls_base_sigkill_timeout", "4"),
    ];

    /// <summary>Where <c>mpirun</c> is; null where it is not.</summary>
    public static string? Find() => Programs.Find("mpirun") ?? Programs.Find("mpiexec");

    /// <summary>How to start them.</summary>
    /// <param name="mpirun">What <see cref="Find"/> found.</param>
    /// <param name="processes">How many; at least 1.</param>
    /// <param name="hosts">A file of Open MPI's or Hydra's that lists machines; null for this one.</param>
    /// <param name="command">The program and its words.</param>
    /// <param name="threads">Threads of each process; null to have those of a machine divide its processors among them.</param>
    public static ProcessStartInfo Start(
        string mpirun,
        int processes,
        string? hosts,
        IEnumerable<string> command,
        int? threads = null
    )
    {
        // In a session of its own, so that a terminal's Ctrl-C reaches it once: by the program that passes signals on.
        string[] words = Programs.Find("setsid") is { } apart ? [apart, mpirun] : [mpirun];
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false, RedirectStandardInput = true };
        var isOpenMpi = IsOpenMpi(mpirun);
        string[] count = ["-np", processes.ToString(CultureInfo.InvariantCulture)];
        // Bound to one processor each, they would compute with one thread.
        string[] bound = isOpenMpi ? ["--bind-to", "none"] : [];
        string[] where = hosts is null
            ? isOpenMpi
                ? ["--oversubscribe"]
                : []
            : ["-hostfile", hosts];
        foreach (var word in words.Skip(1).Concat(count).Concat(bound).Concat(where).Concat(command))
        {
            start.ArgumentList.Add(word);
        }

        if (threads is { } own)
        {
            start.Environment[OpenMPEnvironment.Threads] = own.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in hosts is null ? OnLoopback : OnLoopback[^2..])
        {
            start.Environment.TryAdd(name, value);
        }

        // In a container everybody is root, which Open MPI asks to be told.
        if (Environment.UserName == "root")
        {
            start.Environment.TryAdd("OMPI_ALLOW_RUN_AS_ROOT", "1");
            start.Environment.TryAdd("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        }

        return start;
    }

    /// <summary>Has the processes of an <c>mpirun</c> write their state and go on.</summary>
    /// <param name="process">Its number.</param>
    public static void Save(int process) => _ = Kill(process, SaveSignal);

    /// <summary>Asks the processes of an <c>mpirun</c> to stop.</summary>
    /// <param name="process">Its number.</param>
    /// <param name="isPatient">Whether they may finish what they do; else they are killed within seconds.</param>
    public static void Stop(int process, bool isPatient) => _ = Kill(process, isPatient ? StopSignal : SigTerm);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static bool IsOpenMpi(string mpirun)
    {
        using var asked = Process.Start(
            new ProcessStartInfo(mpirun, "--version") { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var version = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();
        return version.Contains("Open MPI", StringComparison.Ordinal)
            || version.Contains("OpenRTE", StringComparison.Ordinal);
    }
}
