using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using TResNet.Profiling;
using TResNet.Profiling.Counting;

namespace TResNet.Tests.Architectures;

/// <summary>A variant never passes for the network that it is a variant of.</summary>
public sealed class VariantTests
{
    [Fact]
    public void A_listed_network_is_described_as_it_was_listed() =>
        Assert.All(
            Models.List(),
            info =>
            {
                Assert.Equal(info, Models.Describe(info.Name).Info);
                Assert.Equal(info.Name, Models.Describe(info.Name).ToString());
            }
        );

    [Fact]
    public void A_variant_is_named_by_what_was_switched_in_text_and_in_CSharp_alike()
    {
        var text = Models.Describe("tresnet_m").With("attention", "eca");
        var code = Models.TResNetM() with { Attention = Attention.Eca };

        Assert.Equal(text, code);
        Assert.Equal("tresnet_m + attention=eca", text.Info.Name);
        Assert.Equal("tresnet_m + attention=eca", code.Info.Name);
        Assert.Equal(code, Models.Describe("tresnet_m+attention=eca"));
        Assert.Equal(
            "resnet50 + stem=space-to-depth + downsampling=blur + attention=se + reduction=8 + shortcut=average",
            (
                Models.ResNet50() with
                {
                    Shortcut = ShortcutKind.AveragePool,
                    Attention = Attention.SqueezeExcite with { Reduction = 8 },
                    StemKind = StemKind.SpaceToDepth,
                    Downsampling = Downsampling.Blur,
                }
            ).ToString()
        );
        Assert.Equal("resnet50 + attention=se", Models.Describe("resnet50").With("attention", "se").Info.Name);
        Assert.Equal("tresnet_m + norm=evonorm-s0", (Models.TResNetM() with { NormAct = NormAct.EvoNormS0 }).Info.Name);
    }

    [Fact]
    public void A_switch_that_is_set_back_leaves_the_listed_network()
    {
        var back = Models.Describe("resnet50").With("attention", "eca").With("attention", "none");

        Assert.Equal(Models.ResNet50(), back);
        Assert.Equal("resnet50", back.Info.Name);
        Assert.Equal(79.0, back.Info.Top1);
    }

    [Fact]
    public void A_variant_has_its_own_counts_and_no_published_accuracy()
    {
        var listed = Models.TResNetNano();
        var variant = listed with { Attention = Attention.None };
        using var network = variant.Build();
        var summary = Summarizer.Summarize(network, 3, 32, 32);

        Assert.Equal(
            new ModelCount(variant.Info.Parameters, variant.Info.MultiplyAdds, variant.Info.Activations),
            ModelCounts.Of(summary)
        );
        Assert.Equal(variant.Info, network.Info);
        Assert.InRange(variant.Info.Parameters, 1, listed.Info.Parameters - 1);
        Assert.Equal("tresnet_nano + attention=none", summary.Model);
        var info = (Models.TResNetM() with { Attention = Attention.None }).Info;
        Assert.Equal(((double?)null, (string?)null), (info.Top1, info.Top1Source));
        Assert.Equal(80.8, Models.TResNetM().Info.Top1);
    }

    [Fact]
    public void What_no_switch_changes_is_a_variant_too()
    {
        var nano = Models.TResNetNano();
        var wider = nano with { Stem = nano.Stem with { Width = 32 } };

        Assert.Equal("tresnet_nano + changes", wider.Info.Name);
        Assert.Equal("tresnet_nano + attention=eca + changes", wider.With("attention", "eca").Info.Name);
        Assert.NotEqual(nano.Info.Parameters, wider.Info.Parameters);
    }

    [Fact]
    public void A_variant_can_be_given_a_name_of_its_own()
    {
        var variant = Models.TResNetNano() with { Attention = Attention.Eca };
        var mine = variant with { Info = variant.Info with { Name = "mine" } };

        Assert.Equal("mine", mine.Info.Name);
        Assert.Equal(variant.Info.Parameters, mine.Info.Parameters);
        Assert.Equal(
            variant,
            variant with
            {
                Info = variant.Info with { Top1 = 80.8, Top1Source = null },
            } with
            {
                Info = Models.TResNetNano().Info,
            }
        );
        Assert.Equal("tresnet_nano + attention=eca", (variant with { Info = variant.Info }).Info.Name);
    }

    [Fact]
    public void A_variant_of_a_variants_network_is_one_of_the_listed_network()
    {
        using var network = Models.TResNetNano().With("attention", "eca").Build();

        Assert.Equal("tresnet_nano + attention=eca + pool=max", network.Architecture.With("pool", "max").Info.Name);
    }

    [Theory]
    [InlineData("tresnet_nano", "stem=7x7", 1)]
    [InlineData("tresnet_nano", "patch=4", 4)]
    [InlineData("resnet18", "stem=s2d", 4)]
    public void A_variant_takes_inputs_that_its_own_stem_takes(string name, string setting, int multiple) =>
        Assert.Equal(multiple, Models.Describe(name).With([setting]).Info.Multiple);

    [Fact]
    public void Switches_say_what_they_are_and_what_they_were()
    {
        var switches = (Models.TResNetM() with { Attention = Attention.Eca }).Switches.ToDictionary(s => s.Name);

        Assert.Equal(("eca", "se"), (switches["attention"].Value, switches["attention"].Listed));
        Assert.Equal(
            ((string?)null, "8 (basic blocks 4)"),
            (switches["reduction"].Value, switches["reduction"].Listed)
        );
        Assert.Equal("basic,basic,bottleneck,bottleneck", switches["block"].Value);
        Assert.Equal("3,4,11,3", switches["depths"].Value);
        Assert.Equal("leaky_relu:0.001 (stem leaky_relu:0.01, after the sum relu)", switches["activation"].Value);
        Assert.Equal("stem=space-to-depth", switches["stem"].ToString());
        Assert.All(switches.Values, each => Assert.EndsWith(".", each.Description, StringComparison.Ordinal));
    }
}
