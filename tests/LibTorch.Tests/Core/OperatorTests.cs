using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class OperatorTests
{
    private static readonly double[] X = [-2, -0.5, 0.25, 3];

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Unary =>
        new()
        {
            { "abs", x => x.abs(), Math.Abs },
            { "neg", x => -x, v => -v },
            { "exp", x => x.exp(), Math.Exp },
            { "log", x => x.abs().log(), v => Math.Log(Math.Abs(v)) },
            { "log2", x => x.abs().log2(), v => Math.Log2(Math.Abs(v)) },
            { "log1p", x => x.abs().log1p(), v => Math.Log(1 + Math.Abs(v)) },
            { "sqrt", x => x.abs().sqrt(), v => Math.Sqrt(Math.Abs(v)) },
            { "rsqrt", x => x.abs().rsqrt(), v => 1 / Math.Sqrt(Math.Abs(v)) },
            { "square", x => x.square(), v => v * v },
            { "reciprocal", x => x.reciprocal(), v => 1 / v },
            { "sin", x => x.sin(), Math.Sin },
            { "cos", x => x.cos(), Math.Cos },
            { "tanh", x => x.tanh(), Math.Tanh },
            { "sigmoid", x => x.sigmoid(), v => 1 / (1 + Math.Exp(-v)) },
            { "relu", x => x.relu(), v => Math.Max(v, 0) },
            { "floor", x => x.floor(), Math.Floor },
            { "ceil", x => x.ceil(), Math.Ceiling },
            { "round", x => x.round(), v => Math.Round(v, MidpointRounding.ToEven) },
            { "sign", x => x.sign(), v => Math.Sign(v) },
            { "pow", x => x.pow(3), v => v * v * v },
            { "clamp", x => x.clamp(-1, 1), v => Math.Clamp(v, -1, 1) },
            { "clamp min", x => x.clamp(min: 0), v => Math.Max(v, 0) },
            { "add scalar", x => x + 1.5, v => v + 1.5 },
            { "subtract from", x => 1 - x, v => 1 - v },
            { "multiply", x => 2 * x, v => 2 * v },
            { "divide", x => x / 4, v => v / 4 },
            { "divide into", x => 1 / x, v => 1 / v },
            { "add with alpha", x => x.add(x, alpha: 2), v => 3 * v },
            { "subtract", x => x.add(x, alpha: -3), v => -2 * v },
            { "addcmul", x => x.addcmul(x, x, 2), v => v + (2 * v * v) },
            { "addcdiv", x => x.addcdiv(x, x, 2), v => v + 2 },
            { "lerp", x => x.lerp(x * 3, 0.5), v => 2 * v },
            { "where", x => where(x > 0, x, x * 10), v => v > 0 ? v : 10 * v },
            { "masked_fill", x => x.masked_fill(x < 0, 9), v => v < 0 ? 9 : v },
            { "maximum", x => x.maximum(zeros_like(x)), v => Math.Max(v, 0) },
            { "remainder", x => x.remainder(2), v => v - (2 * Math.Floor(v / 2)) },
        };

    [Theory]
    [MemberData(nameof(Unary))]
    public void Pointwise_operators_compute_their_formula(
        string name,
        Func<Tensor, Tensor> op,
        Func<double, double> formula
    )
    {
        Assert.NotEmpty(name);
        var actual = op(tensor(X)).data<double>().ToArray();
        for (var i = 0; i < X.Length; i++)
        {
            Assert.Equal(formula(X[i]), actual[i], 1e-12);
        }
    }

    [Fact]
    public void Reductions_go_along_a_dimension_or_over_all()
    {
        using var scope = NewDisposeScope();
        var m = tensor(
            new double[,]
            {
                { 3, 0, 4 },
                { 1, 2, 2 },
            }
        );
        Assert.Equal([3d, 0, 8], m.prod(0).data<double>().ToArray());
        Assert.Equal([5d, 3], m.norm(1).data<double>().ToArray());
        Assert.Equal([7d, 5], m.norm(1, keepdim: false, p: 1).data<double>().ToArray());
        Assert.Equal([1d, 1, 1], m.std(0, unbiased: false).data<double>().ToArray());
        Assert.Equal([false, true], m.all(1).data<bool>().ToArray());
        Assert.Equal([true, true, true], m.any(0).data<bool>().ToArray());
        Assert.Equal([2L, 1, 2], m.count_nonzero([0]).data<long>().ToArray());
        Assert.Equal([3d, 0, 4, 4, 2, 6], m.cumsum(0).data<double>().ToArray());
        Assert.Equal(ScalarType.Float32, m.cumsum(0, ScalarType.Float32).dtype);
        Assert.Equal([3d, 2, 4], m.amax(0).data<double>().ToArray());
        Assert.Equal([3d, 2, 4], m.amax([0], keepdim: true).data<double>().ToArray());
        Assert.Equal(12d, m.sum(0, 1).item<double>());
        Assert.Equal([2L, 3], m[1].sort(descending: true, stable: true).Indices[..2].add(1).data<long>().ToArray());
    }

    [Fact]
    public void Quotients_and_values_are_rounded_as_asked()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { -7.0, 7 });
        Assert.Equal([-4d, 3], x.div(2, RoundingMode.floor).data<double>().ToArray());
        Assert.Equal([-3d, 3], x.div(full_like(x, 2), RoundingMode.trunc).data<double>().ToArray());
        Assert.Equal([-2.33, 2.33], (x / 3).round(decimals: 2).data<double>().ToArray());
        Assert.Equal([-1d, 1], (x % 2 * x.sign()).data<double>().ToArray());
        Assert.Equal([1d, 49], x.pow_(tensor(new[] { 0.0, 2 })).data<double>().ToArray());
        Assert.Equal(
            [-4d, 4],
            zeros(2, dtype: float64).sub_(4).mul_(tensor(new[] { 1.0, -1 })).data<double>().ToArray()
        );
        Assert.Equal([1d, 25], x.lerp(ones_like(x), tensor(new[] { 0.0, 0.5 })).data<double>().ToArray());
        Assert.Equal([3d, 49], x.max(full_like(x, 3)).data<double>().ToArray());
    }

    [Fact]
    public void An_index_may_be_a_pair_a_truth_or_a_position_from_the_end()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).reshape(2, 3);
        Assert.Equal([1L, 2], x[0, (1, null)].data<long>().ToArray());
        Assert.Equal([5L], x[^1, ^1..].data<long>().ToArray());
        Assert.Equal([1L, 2, 3], x[TensorIndex.Bool(true)].shape);
        Assert.Equal([0L, 2, 3], x[TensorIndex.Bool(false)].shape);
        Assert.Equal([1L, 3], x[^1..].shape);
        var parts = x.split([1, 2], dim: 1);
        Assert.Equal([0L, 3], parts[0].data<long>().ToArray());
        Assert.Equal([1L, 2, 4, 5], parts[1].data<long>().ToArray());
    }

    [Fact]
    public void In_place_operators_change_the_tensor_itself()
    {
        var x = tensor(X);
        x.mul_(2).add_(1).sub_(ones_like(x)).div_(2).neg_().abs_();
        Assert.Equal(X.Select(Math.Abs), x.data<double>().ToArray());
        x.zero_();
        Assert.Equal(0, x.sum().item<double>());
        x.fill_(3).copy_(tensor(X));
        Assert.Equal(X, x.data<double>().ToArray());
        x.addcmul_(x, x, 1).lerp_(zeros_like(x), 1.0);
        Assert.Equal(0, x.abs().max().item<double>());
    }

    [Fact]
    public void Comparisons_give_truth_values()
    {
        var x = tensor(X);
        Assert.Equal([true, true, false, false], (x < 0).data<bool>().ToArray());
        Assert.Equal([false, false, true, true], (x >= 0.25).data<bool>().ToArray());
        Assert.Equal([true, true, true, true], x.eq(x).data<bool>().ToArray());
        Assert.True(x.Equals(tensor(X)));
        Assert.True(x.allclose(x + 1e-9));
        Assert.False(x.allclose(x + 1));
        Assert.True((bool)(x > 2).any());
        Assert.False((bool)(x > 2).all());
    }

    [Fact]
    public void Reductions_agree_with_pencil_and_paper()
    {
        var m = tensor(
            new double[,]
            {
                { 1, 2, 3 },
                { 4, 5, 9 },
            }
        );
        Assert.Equal(24, m.sum().item<double>());
        Assert.Equal([5d, 7, 12], m.sum(0).data<double>().ToArray());
        Assert.Equal([2d, 6], m.mean([1]).data<double>().ToArray());
        Assert.Equal([2L, 1], m.sum(1, keepdim: true).shape);
        Assert.Equal(1080, m.prod().item<double>());
        Assert.Equal(9, m.max().item<double>());
        Assert.Equal([3d, 9], m.max(1).values.data<double>().ToArray());
        Assert.Equal([2L, 2], m.max(1).indexes.data<long>().ToArray());
        Assert.Equal([1d, 4], m.amin([1]).data<double>().ToArray());
        Assert.Equal([2L, 2], m.argmax(1).data<long>().ToArray());
        Assert.Equal([1d, 7], m.var([1]).data<double>().ToArray());
        Assert.Equal(Math.Sqrt(136), m.norm().item<double>(), 1e-12);
        Assert.Equal([1d, 3, 6], m[0].cumsum(0).data<double>().ToArray());
        Assert.Equal([9d, 5], m.topk(2, 1).values[1].data<double>().ToArray());
        Assert.Equal([2L, 1, 0], m[1].argsort(descending: true).data<long>().ToArray());
        Assert.Equal([1L, 0, 2], tensor([0L, 2, 2]).bincount(null).data<long>().ToArray());
        Assert.Equal(Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), m[0].logsumexp(0).item<double>(), 1e-12);
        Assert.Equal(1, m.softmax(1)[0].sum().item<double>(), 1e-12);
        Assert.Equal(m.softmax(1).log().str(), m.log_softmax(1).str());
    }

    [Fact]
    public void Shapes_change_as_they_do_in_PyTorch()
    {
        var x = arange(24).view(2, 3, 4);
        Assert.Equal([4L, 3, 2], x.permute(2, 1, 0).shape);
        Assert.Equal([2L, 12], x.flatten(1).shape);
        Assert.Equal([6L, 4], x.reshape(-1, 4).shape);
        Assert.Equal([2L, 1, 3, 4], x.unsqueeze(1).shape);
        Assert.Equal([5L, 2, 3, 4], x.unsqueeze(0).expand(5, 2, 3, 4).shape);
        Assert.Equal([2L, 6, 4], x.repeat(1, 2, 1).shape);
        Assert.False(x.transpose(0, 1).is_contiguous());
        Assert.Equal([12L, 1, 4], x.transpose(1, 2).stride());
        Assert.Equal([4L, 5, 6, 7], x[0, 1].data<long>().ToArray());
        Assert.Equal([1L, 5, 9], x[0, TensorIndex.Colon, 1].data<long>().ToArray());
        Assert.Equal([12L, 16, 20], x[1, .., 0].data<long>().ToArray());
        Assert.Equal(
            [3L, 23],
            x[TensorIndex.Ellipsis, 3]
                [TensorIndex.Colon, TensorIndex.Slice(0, null, 2)]
                .flatten()[tensor([0L, 3])]
                .data<long>()
                .ToArray()
        );
        Assert.Equal([22L, 23], x.masked_select(x > 21).data<long>().ToArray());
        Assert.Equal([20L, 21, 22, 23, 0], cat([x[1, 2], zeros([1], int64)]).data<long>().ToArray());
        Assert.Equal([2L, 2, 3, 4], stack([x, x]).shape);
        Assert.Equal([1L, 2], x.split(2, 1).Select(t => t.size(1)).Order());
        Assert.Equal([2L, 1, 0], arange(3).flip(0).data<long>().ToArray());
        Assert.Equal([3L, 1, 2], tensor([1L, 2, 3]).roll([1], [0]).data<long>().ToArray());
        x[0, 0] = tensor([9L, 9, 9, 9]);
        Assert.Equal(36, x[0, 0].sum().item<long>());
        x[x > 20] = tensor(0L);
        Assert.Equal(20, x.max().item<long>());
        Assert.Equal(
            [5L, 7],
            tensor(
                    new long[,]
                    {
                        { 5, 6 },
                        { 7, 8 },
                    }
                )
                .gather(
                    1,
                    tensor(
                        new long[,]
                        {
                            { 0 },
                            { 0 },
                        }
                    )
                )
                .flatten()
                .data<long>()
                .ToArray()
        );
    }

    [Fact]
    public void Matrix_products_agree_with_pencil_and_paper()
    {
        var a = tensor(
            new double[,]
            {
                { 1, 2 },
                { 3, 4 },
            }
        );
        Assert.Equal([7d, 10, 15, 22], a.matmul(a).data<double>().ToArray());
        Assert.Equal(a.mm(a).str(), a.unsqueeze(0).bmm(a.unsqueeze(0))[0].str());
        Assert.Equal(14, tensor([1d, 2, 3]).dot(tensor([1d, 2, 3])).item<double>());
    }

    [Fact]
    public void Types_convert_and_promote()
    {
        var x = tensor([1.7f, -1.7f]);
        Assert.Equal([1L, -1], x.@long().data<long>().ToArray());
        Assert.Equal(ScalarType.BFloat16, x.bfloat16().dtype);
        Assert.Equal(ScalarType.Float64, (x + tensor(1.0).expand(2)).dtype);
        Assert.Same(x, x.to(ScalarType.Float32));
        Assert.NotSame(x, x.to(ScalarType.Float32, copy: true));
        Assert.Equal(ScalarType.Int64, (tensor([1L]) + 2).dtype);
        Assert.Throws<ArgumentException>(() => x.data<double>());
    }

    [Fact]
    public void A_failing_operator_names_itself_its_shapes_and_the_reason_on_one_line()
    {
        var error = Assert.Throws<LibTorchException>(() => zeros(2, 3).matmul(zeros(2, 3)));
        Assert.StartsWith(
            "aten::matmul([2x3], type = Float32, device = cpu, [2x3], type = Float32, device = cpu) failed: ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "this libtorch has no operator aten::nothing",
            Assert.Throws<LibTorchException>(() => new Operator("aten::nothing").CallVoid()).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no default",
            Assert.Throws<LibTorchException>(() => new Operator("aten::relu").CallVoid()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var x = zeros(2);
        x.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => x + 1);
        Assert.Equal("(disposed)", x.ToString());
    }
}
