// The sizes of the networks that have a name, as constants: a list of seventy is there at once, where building and running each takes a minute.

using System.Collections.Concurrent;

namespace TResNet.Profiling;

/// <summary>The size and work of a network.</summary>
/// <param name="Parameters">All parameters, for 1,000 classes.</param>
/// <param name="MultiplyAdds">Multiply-adds of one image.</param>
/// <param name="Activations">Outputs of all convolutions for one image.</param>
internal readonly record struct ModelCount(long Parameters, long MultiplyAdds, long Activations);

/// <summary>
/// Counts by name, which a test holds to what counting says; it prints the line that is missing. A network that is not here is counted when
/// it is asked for.
/// </summary>
internal static class ModelCounts
{
    private static readonly Dictionary<string, ModelCount> Known = new()
    {
        ["tresnet_nano"] = new(403_032, 5_394_432, 37_136),
        ["tresnet_m"] = new(31_389_032, 5_734_965_248, 7_130_368),
        ["tresnet_l"] = new(55_989_256, 10_875_689_984, 11_688_312),
        ["tresnet_xl"] = new(78_436_244, 15_165_013_664, 15_110_394),
        ["tresnet_v2_l"] = new(46_174_824, 8_812_142_592, 16_166_656),
        ["tresnet_m_448"] = new(31_389_032, 22_931_283_968, 28_505_344),
        ["tresnet_l_448"] = new(55_989_256, 43_490_064_896, 46_723_704),
        ["tresnet_xl_448"] = new(78_436_244, 60_643_704_320, 60_400_506),
        ["resnet18"] = new(11_689_512, 1_814_073_344, 2_483_712),
        ["resnet34"] = new(21_797_672, 3_663_761_408, 3_738_112),
        ["resnet50"] = new(25_557_032, 4_089_184_256, 11_113_984),
        ["mobilenetv2_100"] = new(3_504_872, 300_774_272, 6_678_112),
        ["mnasnet_100"] = new(4_383_312, 314_415_872, 5_456_640),
        ["efficientnet_b0"] = new(5_288_548, 385_814_752, 6_747_036),
        ["efficientnet_b1"] = new(7_794_184, 686_802_832, 10_883_328),
        ["efficientnet_b2"] = new(9_109_994, 859_853_760, 12_805_170),
        ["efficientnet_b3"] = new(12_233_232, 1_589_198_096, 21_487_024),
        ["efficientnet_b4"] = new(19_341_616, 3_063_687_008, 34_755_440),
        ["efficientnet_b5"] = new(30_389_784, 9_404_374_080, 93_558_976),
        ["efficientnet_b6"] = new(43_040_704, 19_067_593_536, 167_392_400),
        ["efficientnet_b7"] = new(66_347_960, 37_745_884_192, 289_938_464),
        ["mixnet_s"] = new(4_134_606, 239_173_360, 6_251_094),
        ["mixnet_m"] = new(5_014_382, 339_172_672, 8_191_806),
        ["mixnet_l"] = new(7_329_252, 555_251_792, 10_834_532),
        ["mixnet_xl"] = new(11_896_768, 904_010_880, 14_566_568),
    };

    private static readonly ConcurrentDictionary<(string Name, int InputSize), ModelCount> Counted = new();

    /// <summary>The constants, where there are some for this network at this input size; else it is built and counted, once.</summary>
    /// <exception cref="TResNetException">There is no network of that name.</exception>
    public static ModelCount Of(ModelInfo info) =>
        Constant(info.Name) is { } known && Models.Describe(info.Name).Info.InputSize == info.InputSize
            ? known
            : Counted.GetOrAdd((info.Name, info.InputSize), _ => Count(info));

    /// <summary>What is written down for a name, for its own input size; null where nothing is.</summary>
    public static ModelCount? Constant(string name) => Known.TryGetValue(name, out var known) ? known : null;

    /// <summary>The counts of a network that was built and sent an image through.</summary>
    public static ModelCount Of(ModelSummary summary) =>
        new(summary.Parameters, summary.MultiplyAdds, summary.Activations);

    private static ModelCount Count(ModelInfo info)
    {
        using var network = Models.Create(info.Name);
        return Of(Summarizer.Summarize(network, network.InChans, info.InputSize, info.InputSize));
    }
}
