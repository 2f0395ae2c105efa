// ./build.sh bench: ours beside Python's torch and kernel on the same machine, in one run. Writes artifacts/bench.md.
using TResNet;
using TResNet.Benchmarks;

const int rounds = 11;
var output = Path.Combine(args.Length > 0 ? args[0] : "artifacts", "bench.md");
var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
var kernel = KernelSession.Run();
Comparison[] comparisons = [SmallCalls.Run(rounds), ImageLoading.Run(rounds), .. InPlaceAbn.Run(rounds), .. kernel];
string[] report =
[
    "# Benchmarks",
    "",
    $"Ours: {Backend.Name}, {Backend.Threads} threads. Peers: {comparisons[0].Peer ?? "none (Python's torch is not installed)"}, {comparisons[1].Peer}. "
        + $"Median (minimum to maximum) of {rounds} rounds, ours and the peer's in turn. "
        + $"Load before: {load} on {Environment.ProcessorCount} processors.",
    "",
    kernel.Count == 0
        ? "The kernel was not measured: Python's jupyter_client is not installed."
        : $"The kernel is asked by jupyter_client over its sockets; its peer is {kernel[0].Peer ?? "none"}. It is started five times; three "
            + "sessions of 100 cells give the middle figures, one of 1,100 the last two.",
    "",
    "| What | Unit | Ours | Peer | Ours / peer | Promise |",
    "| --- | --- | --- | --- | --- | --- |",
    .. comparisons.Select(c => c.ToRow()),
];
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
File.WriteAllLines(output, report);
Console.WriteLine(string.Join(Environment.NewLine, report));
return comparisons.All(c => c.Met) ? 0 : 1;
