// Calls as people write them for TorchSharp, argument names and all. It names nothing that only src/LibTorch has, so it compiles
// against the package too.
using TorchSharp;
using static TorchSharp.torch;

namespace LibTorch.Tests.Compatibility;

internal static class TypicalCode
{
    public static void MakeTensors()
    {
        using var scope = NewDisposeScope();
        var device = cuda.is_available() ? CUDA : CPU;
        Tensor[] made =
        [
            zeros(2, 3),
            zeros(new long[] { 2, 3 }, dtype: ScalarType.Float64, device: device),
            ones(size: 4, requires_grad: true),
            ones([2, 2], dtype: int64),
            rand(2, 3, dtype: float32, device: CPU),
            randn([1, 3, 8, 8]),
            randn(rows: 2, columns: 3, generator: new Generator(7)),
            full(2, 3, 0.5),
            full([2], 1.5f, dtype: float64),
            empty_like(zeros(3)),
            full_like(zeros(3), 2),
            eye(3),
            eye(2, 3),
            arange(10),
            arange(0, 1, 0.25, dtype: float64),
            linspace(0, 1, 5),
            randint(0, 10, [4]),
            randint(10, new long[] { 2, 2 }, dtype: int64),
            randperm(5),
            tensor(1.5f),
            tensor(1.5f, dtype: float64),
            tensor(3),
            tensor(3, dtype: int64),
            tensor(true),
            tensor(new[] { 1f, 2f, 3f, 4f }, [2, 2]),
            tensor(new float[] { 1, 2, 3, 4 }, new long[] { 2, 2 }, dtype: float64),
            tensor(new[] { 1L, 2L }),
            tensor(new List<double> { 1, 2, 3, 4 }, 2, 2),
            tensor(
                new[,]
                {
                    { 1f, 2f },
                    { 3f, 4f },
                }
            ),
            tensor(new float[1, 2, 3]),
            cat([zeros(1), ones(1)], dim: 0),
            cat(new List<Tensor> { zeros(1), ones(1) }),
            stack([zeros(1), ones(1)], dim: 1),
            where(zeros(2) > 0, ones(2), -ones(2)),
        ];
        Assert.Equal(device.type, made[1].device_type);
        Assert.Equal([2L, 3L], made[0].shape);
        Assert.Equal(6, made[7].numel());
        Assert.Equal(ScalarType.Float64, made[20].dtype);
        Assert.Equal(ScalarType.Int64, made[22].dtype);
    }

    public static void Compute()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, dtype: float32).reshape(2, 3);
        var y = x.add(x, alpha: 2).sub(1).mul(0.5).div(2, rounding_mode: RoundingMode.floor);
        y = (1 - y) * 2 + x / 3 - x.pow(2) + 1f / (x + 1);
        y = y.clamp(min: -1, max: 1).abs().sqrt().round(decimals: 2);
        Assert.False(y.isnan().any().item<bool>());
        Assert.Equal([3f, 5f, 7f], x.sum(0L).data<float>().ToArray());
        Assert.Equal(15f, x.sum().item<float>());
        Assert.Equal(15d, x.sum([0, 1], keepdim: true, type: ScalarType.Float64).ToDouble());
        Assert.Equal(2.5f, x.mean().ToSingle());
        Assert.Equal(1L, x.mean([0, 1], keepdim: true).numel());
        Assert.Equal(3L, x.std(0, unbiased: false).numel());
        Assert.Equal(3L, x.var([0L], unbiased: false, keepdim: true).numel());
        Assert.Equal(5, (int)x.amax([0, 1]));
        Assert.Equal(5f, (float)x.max());
        var (values, indexes) = x.max(1);
        Assert.Equal(2L, indexes[0].item<long>());
        Assert.Equal(2f, values[0].item<float>());
        var (top, _) = x.topk(2, dim: 1);
        Assert.Equal([2L, 2L], top.shape);
        Assert.Equal(2L, x.argmax(1).eq(tensor(new[] { 2L, 2L })).sum().item<long>());
        Assert.Equal(MathF.Sqrt(55), x.norm().item<float>(), 1e-5f);
        Assert.True(x.allclose(x.clone(), rtol: 1e-5, atol: 1e-8));
        Assert.True(x.Equals(x.detach().cpu().contiguous()));
        Assert.True(x.equal(x).all().ToBoolean());
        Assert.Equal([3L, 2L], x.t().shape);
        Assert.Equal([1L, 2, 3], x.unsqueeze(0).permute(0, 1, 2).transpose(1, 2).transpose(1, 2).shape);
        Assert.Equal([2L, 2L], x.matmul(x.transpose(0, 1)).mm(eye(2)).shape);
        Assert.Equal(3, x.split(1, dim: 1).Length);
        Assert.Equal(2, x.chunk(2).Length);
        Assert.Equal(2, x.unbind().Length);
        Assert.Equal(1L, x.squeeze().unsqueeze(2).squeeze(2).unsqueeze(0).shape[0]);
        Assert.Equal(ScalarType.Float64, x.to(float64).dtype);
        Assert.Equal(ScalarType.Int64, x.to_type(ScalarType.Int64).dtype);
        Assert.Equal(DeviceType.CPU, x.to(CPU, copy: true).to("cpu").to(DeviceType.CPU).to(float64, CPU).device_type);
        x.add_(1).mul_(2).sub_(x).zero_().fill_(3).addcmul_(x, x, value: 0.5).lerp_(ones_like(x), 0.5);
        x.normal_(mean: 0, std: 1).uniform_(0, 1).copy_(ones(2, 3));
        Assert.Equal(6f, x.sum().item<float>());
    }

    public static void Index()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Assert.Equal(23L, x[1, 2, 3].item<long>());
        Assert.Equal([3L, 4L], x[0].shape);
        Assert.Equal([2L, 4L], x[TensorIndex.Colon, 1].shape);
        Assert.Equal([2L, 3L], x[TensorIndex.Ellipsis, -1].shape);
        Assert.Equal([2L, 2, 4], x[.., 1..3].shape);
        Assert.Equal([2L, 3, 2], x[.., .., ^2..].shape);
        Assert.Equal([2L, 3, 2], x[TensorIndex.Ellipsis, TensorIndex.Slice(0, null, 2)].shape);
        Assert.Equal([1L, 2, 3, 4], x[TensorIndex.None].shape);
        Assert.Equal(12, x[x > 11].numel());
        Assert.Equal(12, x[(x % 2).eq(0)].numel());
        Assert.Equal([1L, 3, 4], x[tensor(new[] { 1L })].shape);
        Assert.Equal([2L, 2, 4], x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 0L, 2L }))].shape);
        x[0, 0, 0] = tensor(7L);
        x[.., 1..2] = zeros(2, 1, 4, dtype: int64);
        x[x > 20] = tensor(1L);
        Assert.Equal(7L, x[0, 0, 0].item<long>());
        Assert.Equal(0L, x[.., 1].sum().item<long>());
        Assert.Equal(1L, x[1, 2, 3].ToInt64());
        Assert.Equal(24, x.data<long>().Count);
        Assert.Equal(24, x.index_select(0, tensor(new[] { 0L, 1L })).numel());
        Assert.Equal(4L, x[0].gather(0, zeros(1, 4, dtype: int64)).numel());
        Assert.Equal(2, x[0, 0].masked_select(x[0, 0] < 3).numel());
    }
}
