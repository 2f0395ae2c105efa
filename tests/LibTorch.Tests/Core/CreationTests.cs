using TorchSharp;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class CreationTests
{
    [Fact]
    public void Factories_fill_their_shapes()
    {
        Assert.Equal([0f, 0, 0, 0, 0, 0], zeros(2, 3).data<float>().ToArray());
        Assert.Equal([1d, 1], ones([2], ScalarType.Float64).data<double>().ToArray());
        Assert.Equal([7L, 7, 7], full([3], 7, ScalarType.Int64).data<long>().ToArray());
        Assert.Equal([1f, 0, 0, 1], eye(2).data<float>().ToArray());
        Assert.Equal([2L, 4, 6], arange(2, 8, 2).data<long>().ToArray());
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f], linspace(0, 1, 5).data<float>().ToArray());
        Assert.Equal([2L, 3, 4], empty([2, 3, 4]).shape);
        Assert.Equal([5f, 5], full_like(zeros(2), 5).data<float>().ToArray());
    }

    [Fact]
    public void An_array_becomes_a_tensor_of_its_own_type_and_comes_back()
    {
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1f }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        var matrix = tensor(
            new double[,]
            {
                { 1, 2 },
                { 3, 4 },
            }
        );
        Assert.Equal([2L, 2], matrix.shape);
        Assert.Equal(3, matrix[1, 0].item<double>());
        Assert.Equal([1f, 2, 3, 4], matrix.@float().data<float>().ToArray());
        Assert.Equal([1L, 2, 3], tensor([1L, 2, 3], [3, 1]).squeeze(1).data<long>().ToArray());
    }

    [Fact]
    public void Values_that_do_not_fill_the_shape_are_refused_with_both_numbers()
    {
        var error = Assert.Throws<ArgumentException>(() => tensor([1f, 2f, 3f], [2, 2]));
        Assert.Contains("3 values", error.Message, StringComparison.Ordinal);
        Assert.Contains("takes 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_seed_gives_one_sequence()
    {
        manual_seed(42);
        var first = randn(5).data<float>().ToArray();
        manual_seed(42);
        Assert.Equal(first, randn(5).data<float>().ToArray());
        using var generator = new Generator(7);
        var permutation = randperm(10, generator: generator).data<long>().ToArray();
        generator.manual_seed(7);
        Assert.Equal(permutation, randperm(10, generator: generator).data<long>().ToArray());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), permutation.Order());
    }

    [Fact]
    public void Random_tensors_have_the_moments_they_should()
    {
        manual_seed(1);
        var even = rand(100_000);
        Assert.InRange(even.mean().item<float>(), 0.495f, 0.505f);
        Assert.InRange(even.var().item<float>(), 0.0825f, 0.0842f);
        var normal = empty(100_000).normal_(2, 3);
        Assert.InRange(normal.mean().item<float>(), 1.95f, 2.05f);
        Assert.InRange(normal.std().item<float>(), 2.95f, 3.05f);
        Assert.InRange(zeros(100_000).bernoulli_(0.3).mean().item<float>(), 0.29f, 0.31f);
    }

    [Fact]
    public void Bytes_go_out_and_come_in()
    {
        var source = tensor(new[] { 1f, -2f });
        var target = zeros(2);
        target.bytes = source.bytes;
        Assert.Equal([1f, -2f], target.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => target.bytes = new byte[3]);
    }

    [Fact]
    public void A_tensor_describes_itself()
    {
        Assert.Equal("[2x3], type = Float32, device = cpu", zeros(2, 3).ToString());
        Assert.Equal(
            "[[1, 2],\n [3, 4.5]]",
            tensor(
                    new double[,]
                    {
                        { 1, 2 },
                        { 3, 4.5 },
                    }
                )
                .str()
        );
        Assert.Equal(
            "[0, 1, 2, ..., 97, 98, 99]".Replace(", ...", "...", StringComparison.Ordinal),
            arange(100).str().Replace(", ...", "...", StringComparison.Ordinal)
        );
    }
}
