using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>Networks and machines where there is little room.</summary>
public sealed class NamesInChartsTests
{
    [Fact]
    public void A_variant_says_only_what_was_switched_where_all_are_of_one_network_that_is_there()
    {
        string[] all = ["tresnet_m", "tresnet_m, optimised", "tresnet_m + stem=7x7", "tresnet_m + stem=7x7, optimised"];

        Assert.Equal(
            ["tresnet_m", "tresnet_m, optimised", "+ stem=7x7", "+ stem=7x7, optimised"],
            all.Select(name => ModelNames.Short(name, all))
        );
    }

    [Theory]
    [InlineData("tresnet_nano")]
    [InlineData("tresnet_m + attention=eca, optimised")]
    [InlineData("tresnet_m", "tresnet_nano")]
    public void A_variant_keeps_its_networks_name_where_another_could_be_meant(params string[] others)
    {
        const string Variant = "tresnet_m + attention=eca";

        Assert.Equal(Variant, ModelNames.Short(Variant, [Variant, .. others]));
    }

    [Fact]
    public void A_long_name_is_cut_before_what_was_done_to_it()
    {
        const string Variant = "tresnet_m + stem=7x7 + downsampling=average + norm=evonorm-s0";

        Assert.Equal("tresnet_m + stem=7x7 + downsampli…", ModelNames.Short(Variant, [Variant]));
        Assert.Equal(
            "tresnet_m + stem=7x7 + downsampli…, optimised",
            ModelNames.Short(Variant + ", optimised", [Variant])
        );
    }

    [Fact]
    public void Machines_with_the_same_processor_say_what_they_differ_in()
    {
        const string Old = "Intel(R) Xeon(R) CPU @ 2.20GHz, 2 cores, 16 GiB, Linux 6.1, .NET 10.0.0";
        const string New = "Intel(R) Xeon(R) CPU @ 2.20GHz, 2 cores, 16 GiB, Linux 6.2, .NET 10.0.0";
        const string Large = "Intel(R) Xeon(R) CPU @ 2.20GHz, 8 cores, 64 GiB, Linux 6.2, .NET 10.0.0";

        Assert.Equal("Intel Xeon, 2 cores", MachineNames.Short(New, [New]));
        Assert.Equal(
            ["Intel Xeon, 2 cores, Linux 6.1", "Intel Xeon, 2 cores, Linux 6.2", "Intel Xeon, 8 cores"],
            new[] { Old, New, Large }.Select(machine => MachineNames.Short(machine, [Old, New, Large]))
        );
    }
}
