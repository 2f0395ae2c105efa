using TorchSharp;
using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

/// <summary>What a training forward keeps for backward: bytes, each storage once, parameters left out.</summary>
public sealed class InPlaceAbnMemoryTests
{
    [Fact]
    public void Probe()
    {
        foreach (var (name, norm) in new[] { ("tresnet_m", NormKind.BatchNorm), ("tresnet_m", NormKind.InPlaceAbn), ("resnet50", NormKind.BatchNorm) })
        {
            using var scope = NewDisposeScope();
            var a = (StagedArchitecture)Models.Describe(name);
            var network = (a with { NormAct = a.NormAct with { Kind = norm } }).Build();
            network.train();
            var x = rand([2, 3, 224, 224]);
            var all = Backend.BytesKept(() => network.call(x), []);
            var own = Backend.BytesKept(() => network.call(x), network.parameters());
            Console.Error.WriteLine($"PROBE {name} {norm} all {all} without parameters {own} x4 {own * 4 / 1e6}");
        }
    }
}
