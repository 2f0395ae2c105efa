using TResNet.Tests.Checkpoints;

namespace TResNet.Tests.Parity;

/// <summary>What the benchmarks compare TResNet-M with: benchmarks/peers/tresnet_m.py.</summary>
public sealed class BenchmarkPeerTests
{
    [FactIfPyTorch]
    public void The_plain_PyTorch_TResNet_M_gives_the_fixtures_logits()
    {
        foreach (var fixture in (string[])["tresnet_m.json", "tresnet_m_r224.json"])
        {
            var output = FactIfPyTorchAttribute.Run(
                Path.Combine(AppContext.BaseDirectory, "peers", "tresnet_m.py"),
                Path.Combine(AppContext.BaseDirectory, "fixtures", fixture)
            );

            Assert.StartsWith("31389032 parameters, logits off by ", output);
        }
    }
}
