using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>Values in the units and digits that tables show them in.</summary>
public sealed class DisplayTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(800, "800 B")]
    [InlineData(5_000, "4.9 KiB")]
    [InlineData(400_000, "391 KiB")]
    [InlineData(1_048_400, "1.0 MiB")]
    [InlineData(1_073_500_000, "1.0 GiB")]
    [InlineData(9_600_000, "9.2 MiB")]
    [InlineData(300_000_000, "286 MiB")]
    [InlineData(30_000_000_000, "27.9 GiB")]
    public void Bytes_have_a_unit_that_leaves_them_digits(long bytes, string said) =>
        Assert.Equal(said, DisplayText.Bytes(bytes));

    [Theory]
    [InlineData(1234.5, "1,234")]
    [InlineData(42.19, "42.2")]
    [InlineData(1, "1.0")]
    [InlineData(0.31, "0.31")]
    [InlineData(0.0123, "0.012")]
    [InlineData(0.0001, "<0.001")]
    [InlineData(0, "0.0")]
    public void A_slow_rate_keeps_digits_that_count(double rate, string said) =>
        Assert.Equal(said, DisplayText.Rate(rate));
}
