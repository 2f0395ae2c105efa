namespace TResNet.Tests.Parity;

public sealed class FillTests
{
    [Theory]
    [InlineData("", 0x811c9dc5u, 0.33784437691792846, -0.7686457871459424)]
    [InlineData("a", 0xe40c292cu, -0.7929475666023791, 0.3047596197575331)]
    [InlineData("input", 0xf9d86f7bu, 0.5980662722140551, -0.2323570353910327)]
    [InlineData("head.fc.weight", 0x2e5a9012u, -0.24808592535555363, -0.055826811119914055)]
    public void The_fill_gives_the_published_test_vectors(string key, uint hash, double first, double fourth)
    {
        Assert.Equal(hash, Fill.Hash(key));
        Assert.Equal(first, Fill.Sample(hash, 0));
        Assert.Equal(fourth, Fill.Sample(hash, 3));
    }
}
