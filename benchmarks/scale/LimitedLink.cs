using System.Diagnostics;
using System.Globalization;
using TResNet.Compute.Distributed;

namespace TResNet.Scale;

/// <summary>The two machines of <c>link.sh</c>: programs on both, and how fast the cable between them is.</summary>
internal static class LimitedLink
{
    private const string Subnet = "10.77.0.0/24";

    // Bytes that a limit lets pass at once (man 8 tc-tbf): what passes between two looks of its timer, and little, so that small messages wait too.
    private const double LeastBurst = 16 << 10;
    private const double Looks = 5000; // a second

    private static readonly string Peer =
        Environment.GetEnvironmentVariable("TRESNET_PEER")
        ?? throw new InvalidOperationException(
            "This runs within benchmarks/scale/link.sh: ./build.sh bench scale link."
        );

    /// <summary>Limits the cable, both ways.</summary>
    /// <param name="bitsPerSecond">Bits a second each way; null for as fast as memory.</param>
    public static void Limit(double? bitsPerSecond)
    {
        string[] there = ["nsenter", "-t", Peer, "-n", "-u"];
        foreach (var (before, device) in new[] { (Array.Empty<string>(), "left"), (there, "right") })
        {
            string[] change = bitsPerSecond is { } rate
                ?
                [
                    "replace",
                    "dev",
                    device,
                    "root",
                    "tbf",
                    "rate",
                    string.Create(CultureInfo.InvariantCulture, $"{rate:F0}bit"),
                    "burst",
                    string.Create(CultureInfo.InvariantCulture, $"{Math.Max(LeastBurst, rate / 8 / Looks):F0}b"),
                    "latency",
                    "50ms",
                ]
                : ["replace", "dev", device, "root", "pfifo_fast"];
            string[] words = [.. before, "tc", "qdisc", .. change];
            Run(new ProcessStartInfo(words[0], words[1..]));
        }
    }

    /// <summary>Starts this program with these words, one process with one thread on each machine, and takes what it prints.</summary>
    public static string Start(IEnumerable<string> words)
    {
        var mpirun = MpiLauncher.Find() ?? throw new InvalidOperationException(MpiLauncher.NotThere);
        var start = MpiLauncher.Start(
            mpirun,
            2,
            Path.Combine(AppContext.BaseDirectory, "link.hosts"),
            ["dotnet", typeof(LimitedLink).Assembly.Location, .. words],
            threads: 1
        );
        start.Environment["TERM"] = "dumb";
        start.Environment["OMPI_MCA_plm_rsh_agent"] = Path.Combine(AppContext.BaseDirectory, "there.sh");
        start.Environment["OMPI_MCA_btl"] = "tcp,self";
        start.Environment["OMPI_MCA_btl_tcp_if_include"] = Subnet;
        start.Environment["OMPI_MCA_oob_tcp_if_include"] = Subnet;
        return Run(start);
    }

    private static string Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? printed
            : throw new InvalidOperationException(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}."
            );
    }
}
