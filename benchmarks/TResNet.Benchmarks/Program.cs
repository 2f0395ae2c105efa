// ./build.sh bench: ours beside Python's torch on the same machine, in one run. Writes artifacts/bench.md.
using TResNet;
using TResNet.Benchmarks;

const int rounds = 11;
var output = Path.Combine(args.Length > 0 ? args[0] : "artifacts", "bench.md");
Comparison[] comparisons = [SmallCalls.Run(rounds), ImageLoading.Run(rounds), .. InPlaceAbn.Run(rounds)];
string[] report =
[
    "# Benchmarks",
    "",
    $"Ours: {Backend.Name}, {Backend.Threads} threads. Peers: {comparisons[0].Peer ?? "none (Python's torch is not installed)"}, {comparisons[1].Peer}. "
        + $"Median (minimum to maximum) of {rounds} rounds, ours and the peer's in turn.",
    "",
    "| What | Unit | Ours | Peer | Ours / peer | Promise |",
    "| --- | --- | --- | --- | --- | --- |",
    .. comparisons.Select(c => c.ToRow()),
];
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
File.WriteAllLines(output, report);
Console.WriteLine(string.Join(Environment.NewLine, report));
return comparisons.All(c => c.Met) ? 0 : 1;
