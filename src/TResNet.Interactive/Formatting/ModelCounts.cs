using System.Collections.Concurrent;
using TResNet.Profiling;

namespace TResNet.Interactive.Formatting;

/// <summary>The size and work of a network at its own input size.</summary>
/// <param name="Parameters">All parameters, for 1,000 classes.</param>
/// <param name="MultiplyAdds">Multiply-adds of one image.</param>
internal readonly record struct ModelCount(long Parameters, long MultiplyAdds);

/// <summary>
/// The counts of the networks that are known, so that a list of them does not take the time of building and running each; a test holds them to
/// what counting says. A network that is not here is counted when it is listed: a small one takes no time.
/// </summary>
internal static class ModelCounts
{
    private static readonly ConcurrentDictionary<string, ModelCount> Counted = new(
        new Dictionary<string, ModelCount>
        {
            ["tresnet_m"] = new(31_389_032, 5_734_965_248),
            ["tresnet_l"] = new(55_989_256, 10_875_689_984),
            ["tresnet_xl"] = new(78_436_244, 15_165_013_664),
            ["tresnet_v2_l"] = new(46_174_824, 8_812_142_592),
            ["tresnet_m_448"] = new(31_389_032, 22_931_283_968),
            ["tresnet_l_448"] = new(55_989_256, 43_490_064_896),
            ["tresnet_xl_448"] = new(78_436_244, 60_643_704_320),
            ["resnet18"] = new(11_689_512, 1_814_073_344),
            ["resnet34"] = new(21_797_672, 3_663_761_408),
            ["resnet50"] = new(25_557_032, 4_089_184_256),
            ["mobilenetv2_100"] = new(3_504_872, 300_774_272),
            ["mnasnet_100"] = new(4_383_312, 314_415_872),
            ["efficientnet_b0"] = new(5_288_548, 385_814_752),
            ["efficientnet_b1"] = new(7_794_184, 686_802_832),
            ["efficientnet_b2"] = new(9_109_994, 859_853_760),
            ["efficientnet_b3"] = new(12_233_232, 1_589_198_096),
            ["efficientnet_b4"] = new(19_341_616, 3_063_687_008),
            ["efficientnet_b5"] = new(30_389_784, 9_404_374_080),
            ["efficientnet_b6"] = new(43_040_704, 19_067_593_536),
            ["efficientnet_b7"] = new(66_347_960, 37_745_884_192),
            ["mixnet_s"] = new(4_134_606, 239_173_360),
            ["mixnet_m"] = new(5_014_382, 339_172_672),
            ["mixnet_l"] = new(7_329_252, 555_251_792),
            ["mixnet_xl"] = new(11_896_768, 904_010_880),
        }
    );

    public static ModelCount Of(ModelInfo info) => Counted.GetOrAdd(info.Name, _ => Count(info));

    /// <summary>Builds the network and counts it.</summary>
    public static ModelCount Count(ModelInfo info)
    {
        using var network = Models.Create(info.Name);
        var summary = Summarizer.Summarize(network, network.InChans, info.InputSize, info.InputSize);
        return new ModelCount(summary.Parameters, summary.MultiplyAdds);
    }
}
