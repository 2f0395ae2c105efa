// The sizes of the networks that have a name, as constants: a list of seventy is there at once, where building and running each takes a minute.

using System.Collections.Concurrent;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;

namespace TResNet.Profiling.Counting;

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
        ["resnet101"] = new(44_549_160, 7_801_405_440, 16_231_936),
        ["resnet50d"] = new(25_576_264, 4_328_824_832, 11_916_800),
        ["wide_resnet50_2"] = new(68_883_240, 11_398_021_120, 14_400_512),
        ["resnetblur50"] = new(25_557_032, 5_129_633_792, 11_640_832),
        ["resnetaa50d"] = new(25_576_264, 5_369_274_368, 12_443_648),
        ["resnext50_32x4d"] = new(25_028_904, 4_230_479_872, 14_400_512),
        ["seresnet50"] = new(28_088_024, 4_091_699_200, 11_130_032),
        ["seresnext50_32x4d"] = new(27_559_896, 4_232_994_816, 14_416_560),
        ["ecaresnet50d"] = new(25_576_350, 4_328_824_832, 11_916_800),
        ["cecaresnet50d"] = new(25_576_350, 4_328_824_832, 11_916_800),
        ["skresnet50"] = new(25_803_160, 4_089_422_336, 12_501_624),
        ["skresnext50_32x4d"] = new(27_479_784, 4_462_710_784, 17_175_904),
        ["resnest50d"] = new(27_483_240, 5_371_160_576, 14_359_776),
        ["resnetv2_50"] = new(25_549_352, 4_089_184_256, 11_114_984),
        ["resnetv2_50d_evos"] = new(25_591_368, 4_328_824_832, 11_917_800),
        ["resnetv2_50d_evob"] = new(25_591_368, 4_328_824_832, 11_917_800),
        ["regnetx_002"] = new(2_684_792, 199_039_872, 2_163_056),
        ["regnetx_004"] = new(5_157_512, 397_677_568, 3_142_272),
        ["regnetx_004_tv"] = new(5_495_976, 413_812_608, 3_173_632),
        ["regnetx_006"] = new(6_196_040, 600_890_112, 3_974_096),
        ["regnetx_008"] = new(7_259_656, 799_699_712, 5_147_744),
        ["regnetx_016"] = new(9_190_136, 1_602_849_792, 7_932_512),
        ["regnetx_032"] = new(15_296_552, 3_176_621_952, 11_366_432),
        ["regnetx_040"] = new(22_118_248, 3_964_498_816, 12_200_608),
        ["regnetx_064"] = new(26_209_256, 6_460_291_264, 16_368_744),
        ["regnetx_080"] = new(39_572_648, 7_995_132_416, 14_058_688),
        ["regnetx_120"] = new(46_106_056, 12_086_678_016, 21_365_568),
        ["regnetx_160"] = new(54_278_536, 15_940_755_456, 25_514_496),
        ["regnetx_320"] = new(107_811_560, 31_735_929_792, 36_301_160),
        ["regnety_002"] = new(3_162_996, 199_514_080, 2_167_052),
        ["regnety_004"] = new(4_344_144, 401_842_848, 3_891_496),
        ["regnety_006"] = new(6_055_160, 601_220_992, 4_333_296),
        ["regnety_008"] = new(6_263_168, 797_176_832, 5_248_888),
        ["regnety_016"] = new(11_202_430, 1_612_076_160, 8_043_814),
        ["regnety_032"] = new(19_436_338, 3_176_482_752, 11_262_418),
        ["regnety_040"] = new(20_646_656, 3_973_288_448, 12_286_200),
        ["regnety_064"] = new(30_583_252, 6_355_204_992, 16_406_188),
        ["regnety_080"] = new(39_180_068, 7_963_057_312, 17_967_916),
        ["regnety_120"] = new(51_822_544, 12_092_376_576, 21_383_496),
        ["regnety_160"] = new(83_590_140, 15_911_510_272, 23_040_228),
        ["regnety_320"] = new(145_046_770, 32_279_552_832, 30_260_570),
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

    private static readonly ConcurrentDictionary<(object Network, int InputSize), ModelCount> Counted = new();

    /// <summary>The constants, where there are some for this network at this input size; else it is built and counted, once.</summary>
    /// <exception cref="TResNetException">There is no network of that name.</exception>
    public static ModelCount Of(ModelInfo info)
    {
        if (info.Variant is { } variant)
        {
            return Counted.GetOrAdd((variant, info.InputSize), _ => Count(variant, info.InputSize));
        }

        var listed = Models.Describe(info.Name);
        return Constant(info.Name) is { } known && listed.Info.InputSize == info.InputSize
            ? known
            : Counted.GetOrAdd((listed, info.InputSize), _ => Count(listed, info.InputSize));
    }

    /// <summary>What is written down for a name, for its own input size; null where nothing is.</summary>
    public static ModelCount? Constant(string name) => Known.TryGetValue(name, out var known) ? known : null;

    /// <summary>The counts of a network that was built and sent an image through.</summary>
    public static ModelCount Of(ModelSummary summary) =>
        new(summary.Parameters, summary.MultiplyAdds, summary.Activations);

    private static ModelCount Count(Architecture architecture, int inputSize)
    {
        using var skip = new SkipInit();
        using var network = architecture.Build();
        return Of(Summarizer.Summarize(network, network.InChans, inputSize, inputSize));
    }
}
