using System.Globalization;
using TResNet.Tests.Checkpoints;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>What the benchmarks compare with: benchmarks/peers.</summary>
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

    [FactIfPyTorch]
    public void What_forward_keeps_is_counted_on_both_sides_alike()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(
            nn.Conv2d(3, 16, 3),
            nn.LeakyReLU(0.01, inplace: true),
            nn.Conv2d(16, 8, 3),
            nn.ReLU()
        );
        var ours = Backend.BytesKept(() => network.call(rand(2, 3, 8, 8)), network.parameters());

        var script = $"""
            import sys
            sys.path.insert(0, "{Path.Combine(AppContext.BaseDirectory, "peers")}")
            import torch
            from kept import bytes_kept
            from torch import nn
            network = nn.Sequential(nn.Conv2d(3, 16, 3), nn.LeakyReLU(0.01, inplace=True), nn.Conv2d(16, 8, 3), nn.ReLU())
            print(bytes_kept(network, torch.rand(2, 3, 8, 8)))
            """;
        var theirs = long.Parse(FactIfPyTorchAttribute.Run("-c", script), CultureInfo.InvariantCulture);

        // The images, and each activation once, though the second convolution saves the first one's too.
        const int floats = 2 * ((3 * 8 * 8) + (16 * 6 * 6) + (8 * 4 * 4));
        Assert.Equal(floats * sizeof(float), ours);
        Assert.Equal(ours, theirs);
    }
}
