namespace TResNet.Interactive.Tests;

public sealed class CheckTests
{
    [Fact]
    public void Values_within_their_ranges_are_shown_with_them()
    {
        var table = Check.Within(("difference", 2e-7, 0, 1e-6), ("ratio", 1, 1, 1));

        Assert.Equal(["difference", "2e-7", "0", "1e-6"], table.Rows[0].Select(cell => cell.Text));
        Assert.Equal(["ratio", "1", "1", "1"], table.Rows[1].Select(cell => cell.Text));
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(-0.01)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_outside_is_named_with_its_range(double value)
    {
        var refused = Assert.Throws<TResNetException>(() => Check.Within(("right", 0.5, 0, 1), ("wrong", value, 0, 1)));

        Assert.StartsWith("wrong is ", refused.Message);
        Assert.EndsWith("and should be from 0 to 1.", refused.Message);
    }
}
