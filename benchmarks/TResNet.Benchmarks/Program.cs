// ./build.sh bench: ours beside TorchSharp, ONNX Runtime and Python's kernel on the same machine, in one run. Writes artifacts/bench.md and bench.json.
// With words (./build.sh bench inference resnet50), what has all of them in its name is measured, for artifacts/bench-inference-resnet50.md.
using System.Diagnostics;
using TResNet;
using TResNet.Benchmarks;

const int rounds = 11;
using var resnet50 = new Lender("ResNet-50", "resnet50");
using var tresnet = new Lender("TResNet-M", "tresnet_m");
Lender[] small =
[
    new("ResNeXt-50", "resnext50_32x4d"),
    new("EfficientNet-B0", "efficientnet_b0"),
    new("MobileNetV2", "mobilenetv2_100"),
];
Benchmark[] all =
[
    new("ceiling", () => Ceiling.Run(rounds: 3)),
    .. OfNetwork(resnet50, ""),
    .. OfNetwork(tresnet, "", "+norm=inplace-abn"),
    .. small.SelectMany(lender => OfNetwork(lender)),
    .. small
        .Prepend(tresnet)
        .Prepend(resnet50)
        .Select(lender => new Benchmark($"tail {lender.Model}", () => [Inference.Tail(lender.Get())])),
    new("neighbours", () => [Neighbours.Run(resnet50.Get(), rounds)]),
    new("abn", () => InPlaceAbn.Run(tresnet.Get(), resnet50.Get(), rounds)),
    new(
        "memory",
        () => [StepMemory.Run("ResNet-50", "resnet50"), StepMemory.Run("TResNet-M", "tresnet_m+norm=inplace-abn")]
    ),
    new("forgotten", Forgotten.Run),
    new("loading", () => [ImageLoading.Run(rounds)]),
    new("kernel", KernelSession.Run),
    new("charts", KernelSession.Charts),
];
var words = all.SelectMany(benchmark => benchmark.Words).Distinct().ToList();
if (args.Any(arg => arg is "--help" or "-h" or "-?"))
{
    Console.WriteLine(
        $"""
        usage: ./build.sh bench [WORD...]

        Measures what is here beside TorchSharp, ONNX Runtime and Python's Jupyter kernel, on this machine and in one run; the whole takes many minutes.
        With words, what has all of them in its name: ./build.sh bench inference resnet50 8

        words:      {string.Join(", ", words)}
        benchmarks: {string.Join("\n            ", all.Select(benchmark => benchmark.Name))}

        Writes artifacts/bench.md and artifacts/bench.json; with words, artifacts/bench-inference-resnet50-8.md and .json.
        Exit codes: 0 where ours is as fast as it should be everywhere, 1 where it is not, 2 for words that name nothing.
        """
    );
    return 0;
}

if (args.FirstOrDefault(arg => !words.Contains(arg)) is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is in no benchmark's name; the words that are: {string.Join(", ", words)}.");
    return 2;
}

var chosen = all.Where(benchmark => benchmark.Has(args)).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine(
        $"No benchmark has all of the words {string.Join(", ", args)} in its name; these are there: {string.Join("; ", all.Select(b => b.Name))}."
    );
    return 2;
}

var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
var watch = Stopwatch.StartNew();
List<Comparison> comparisons = [];
var allRan = true;
foreach (var benchmark in chosen)
{
    Console.Error.WriteLine($"{watch.Elapsed.TotalSeconds, 4:0} s  {benchmark.Name}");
    try
    {
        comparisons.AddRange(benchmark.Run());
    }
    catch (InvalidOperationException failed)
    {
        // The others are measured all the same.
        Console.Error.WriteLine($"{benchmark.Name}: {failed.Message}");
        allRan = false;
    }
}

var report = new Report(comparisons, watch.Elapsed, load);
var path = Path.Combine("artifacts", string.Join('-', args.Prepend("bench")));
Directory.CreateDirectory("artifacts");
File.WriteAllText($"{path}.md", report.ToMarkdown() + Environment.NewLine);
File.WriteAllText($"{path}.json", report.ToJson() + Environment.NewLine);
Console.WriteLine(report.ToMarkdown());
return allRan && comparisons.All(comparison => comparison.Met) ? 0 : 1;

// A larger batch takes longer and varies less.
static int RoundsOf(int batch) => batch > 1 ? 7 : 15;

static IEnumerable<Benchmark> OfNetwork(Lender lender, params string[] trained)
{
    int[] batches = [1, 8];
    foreach (var batch in batches)
    {
        yield return new(
            $"inference {lender.Model} {batch}",
            () => Inference.Run(lender.Get(), batch, RoundsOf(batch))
        );
    }

    foreach (var (switches, batch) in trained.SelectMany(_ => batches, (switches, batch) => (switches, batch)))
    {
        yield return new(
            $"training {lender.Model}{switches} {batch}",
            () => TrainingSteps.Run(lender.Get(), switches, batch, RoundsOf(batch))
        );
    }
}

/// <summary>Something that can be measured by itself.</summary>
internal sealed record Benchmark(string Name, Func<IEnumerable<Comparison>> Run)
{
    public IEnumerable<string> Words => Name.Split(' ', '+');

    public bool Has(IReadOnlyList<string> words) => words.All(Words.Contains);
}

/// <summary>A pair of networks that is made when it is first asked for.</summary>
internal sealed class Lender(string title, string model) : IDisposable
{
    private NetworkPair? pair;

    public string Model => model;

    public NetworkPair Get() => pair ??= NetworkPair.Create(title, model);

    public void Dispose() => pair?.Dispose();
}
