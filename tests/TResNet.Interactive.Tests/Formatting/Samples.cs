using TResNet.Building;
using TResNet.Compute;
using TResNet.Evaluation;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>What the tests of views show.</summary>
internal static class Samples
{
    public static Comparison Comparison { get; } =
        new()
        {
            Networks =
            [
                Compared("tresnet_m", "TResNet", 31_389_032, 5_734_965_248, 80.8, 24.3),
                Compared("tresnet_l", "TResNet", 55_989_256, 10_875_689_984, 81.5, 12.9),
                Compared("tresnet_xl", "TResNet", 78_436_244, 15_165_013_664, 82.0, null),
                Compared("resnet50", "ResNet", 25_557_032, 4_089_184_256, 79.0, 26.7),
                Compared("mobilenetv2_100", "MobileNetV2", 3_504_872, 300_774_272, 72.9, 101.2),
                Compared("mine (tresnet_nano)", "TResNet", 149_202, 5_140_000, null, 1234),
            ],
        };

    public static ComparedNetwork Compared(
        string name,
        string family,
        long parameters,
        long multiplyAdds,
        double? top1,
        double? rate
    ) =>
        new()
        {
            Name = name,
            Family = family,
            InputSize = 224,
            Parameters = parameters,
            MultiplyAdds = multiplyAdds,
            Activations = parameters / 3,
            Top1 = top1,
            Top1Source =
                top1 is null ? null
                : family == "TResNet" ? "official README, table 3"
                : "timm's results: a1_in1k",
            Inference = rate is { } value ? Result(name, ThroughputMode.Inference, value) : null,
        };

    public static TrainingRun Run { get; } =
        new()
        {
            Model = "tresnet_nano",
            TrainData = "Fashion-MNIST (train)",
            ValidationData = "Fashion-MNIST (held out)",
            Options = new TrainingOptions { Epochs = 3 },
            Steps =
            [
                .. Enumerable
                    .Range(1, 375)
                    .Select(i => new StepResult(
                        i,
                        (i - 1) / 125 + 1,
                        0.8 + 1.5 * Math.Exp(-i / 90.0) + 0.05 * Math.Sin(i * 2.3),
                        0.1 * Math.Sin(Math.PI * i / 376)
                    )),
            ],
            Epochs =
            [
                new EpochResult(1, 125, 1.41, 0.73, 0.744, 790, TimeSpan.FromSeconds(11.2)),
                new EpochResult(2, 250, 1.02, 0.55, 0.813, 820, TimeSpan.FromSeconds(10.9)),
                new EpochResult(3, 375, 0.88, 0.43, 0.862, 826, TimeSpan.FromSeconds(10.8)),
            ],
            Interrupted = false,
            Duration = TimeSpan.FromSeconds(33),
            ImagesPerSecond = 812,
        };

    public static EvaluationResult Evaluation { get; } =
        new()
        {
            Data = "Fashion-MNIST (held out)",
            Classes = ["Shirt", "Coat & <hat>", "Bag"],
            Loss = 0.4321,
            Predictions =
            [
                .. Enumerable
                    .Range(0, 60)
                    .Select(i => new Prediction(
                        i,
                        i % 3,
                        i % 7 == 0 ? 0 : i % 3,
                        0.9,
                        Rank: i % 7 == 0 && i % 3 > 0 ? 2 : 1
                    )),
            ],
        };

    public static ProfileResult Profile { get; } =
        new()
        {
            Summaries =
            [
                Summary("tresnet_m", 31_389_032, 5_734_965_248),
                Summary("tresnet_l", 55_989_256, 10_875_689_984),
                Summary("resnet50", 25_557_032, 4_089_184_256),
            ],
            Throughputs =
            [
                Result("tresnet_m", ThroughputMode.Training, 6.1),
                Result("tresnet_m", ThroughputMode.Inference, 24.3),
                Result("tresnet_l", ThroughputMode.Training, 3.4),
                Result("tresnet_l", ThroughputMode.Inference, 12.9),
                Result("resnet50", ThroughputMode.Training, 6.6),
                Result("resnet50", ThroughputMode.Inference, 26.7),
            ],
        };

    public static LayerProfile LayersOf(ThroughputMode mode)
    {
        var training = mode == ThroughputMode.Training;
        LayerTiming Layer(
            string name,
            LayerKind kind,
            int parent,
            double ms,
            double giga,
            double mega,
            long multiplyAdds = 0
        ) =>
            new()
            {
                Name = name,
                Type = $"{kind}",
                Kind = kind,
                Parent = parent,
                InputShape = [8, 64, 56, 56],
                OutputShape = [8, 64, 56, 56],
                Forward = ms / 1e3,
                Backward = training ? 2.2 * ms / 1e3 : 0,
                MultiplyAdds = multiplyAdds,
                ForwardWork = new Work(giga * 1e9, mega * 1e6),
                BackwardWork = training ? new Work(2 * giga * 1e9, 2 * mega * 1e6) : default,
                Start = 0,
                End = ms / 1e3,
            };
        return new LayerProfile
        {
            Model = "tresnet_m",
            InputShape = [8, 3, 224, 224],
            Options = new ThroughputOptions { Mode = mode, BatchSize = 8 },
            Layers =
            [
                Layer("", LayerKind.Other, -1, 0.2, 0, 0),
                Layer("body.s2d", LayerKind.Rearrangement, 0, 1.1, 0, 9.6),
                Layer("body.layer1.0", LayerKind.Sum, 0, 2.4, 0.003, 19),
                Layer("body.layer1.0.conv1.conv", LayerKind.Convolution, 2, 5.6, 1.85, 13, 924_844_032),
                Layer("body.layer1.0.conv1.bn", LayerKind.Normalization, 2, 1.9, 0.013, 19),
                Layer("body.layer1.0.conv2.aa", LayerKind.Blur, 2, 1.2, 0.007, 8),
                Layer("body.layer1.0.se", LayerKind.Attention, 2, 1.4, 0.004, 19, 65_536),
                Layer("head.fc", LayerKind.Linear, 0, 0.9, 0.033, 8.3, 16_384_000),
            ],
            Step = training ? new StepTiming(0.0152, 0.0004, 0.0331, 0.0018) : new StepTiming(0.0149, 0, 0, 0),
            Roof = new Roofline(
                new MachineCeiling
                {
                    ComputeType = ComputeType.Float32,
                    Device = "cpu",
                    Threads = 2,
                    MatrixProduct = 400,
                    Convolution = 380,
                },
                new MemoryBandwidth
                {
                    Device = "cpu",
                    Copy = 18,
                    Add = 20,
                }
            ),
        };
    }

    public static ModelSummary Summary(string model, long parameters, long multiplyAdds) =>
        new()
        {
            Model = model,
            InputShape = [3, 224, 224],
            Root = new LayerRow
            {
                Name = "",
                Type = "Network",
                OutputShape = [1000],
                OwnParameters = parameters,
                OwnMultiplyAdds = multiplyAdds,
                OwnActivations = parameters / 3,
                Children = [],
            },
        };

    public static ThroughputResult Result(string model, ThroughputMode mode, double rate) =>
        new()
        {
            Model = model,
            InputShape = [8, 3, 224, 224],
            Options = new ThroughputOptions
            {
                Mode = mode,
                BatchSize = 8,
                Rounds = 3,
            },
            Rounds = [rate, rate * 0.95, rate * 1.02],
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "channels last",
            Machine = "A machine, 2 cores, 16 GiB",
            Library = "libtorch 1.13.0",
            Date = new DateTimeOffset(2026, 11, 22, 5, 0, 0, TimeSpan.Zero),
            PeakMemory = 1_234_567_890,
        };
}
