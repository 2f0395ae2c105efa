using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

/// <summary>Networks compute in bfloat16 what they compute in float32, nearly.</summary>
public sealed class AutocastTests
{
    /// <summary>
    /// Every kind of layer of <see cref="Models.List"/>. Batch statistics make the gradients of some networks chaotic before they are trained, so
    /// that the smallest rounding turns them: of these the outputs are compared, with the running statistics.
    /// </summary>
    public static TheoryData<string, bool> Networks =>
        new()
        {
            { "tresnet_m", true },
            { "tresnet_v2_l", true },
            { "tresnet_nano", true },
            { "resnet18", true },
            { "resnet50", true },
            { "resnetaa50d", true },
            { "resnetblur50", true },
            { "seresnet50", true },
            { "ecaresnet50d", true },
            { "skresnet50", false },
            { "resnest50d", true },
            { "resnetv2_50", false },
            { "resnetv2_50d_evos", true },
            { "resnetv2_50d_evob", true },
            { "regnety_002", true },
            { "mobilenetv2_100", false },
            { "mnasnet_100", false },
            { "efficientnet_b0", false },
            { "mixnet_s", false },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_learns_and_infers_in_bfloat16_as_in_float32(string name, bool stable)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = Models.Create(name, 10);
        var images = rand([4, 3, 64, 64]);
        Learn(ScalarType.BFloat16, training: true);

        var (logits, gradients) = Learn(null, stable);
        var (fewerBits, direction) = Learn(ScalarType.BFloat16, stable);

        Assert.Equal((ScalarType.Float32, ScalarType.BFloat16), (logits.dtype, fewerBits.dtype));
        Assert.InRange(Cosine(logits, fewerBits), 0.99, 1.001);
        Assert.InRange(Cosine(gradients, direction), stable ? 0.98 : -1, 1.001);

        (Tensor Logits, Tensor Gradients) Learn(ScalarType? type, bool training)
        {
            network.train(training);
            network.zero_grad();
            manual_seed(2);
            Tensor logits;
            using (new Autocast(CPU, type))
            {
                logits = network.call(images);
            }

            nn.functional.cross_entropy(logits.to(ScalarType.Float32), arange(4)).backward();
            Assert.All(network.parameters(), weight => Assert.Equal(ScalarType.Float32, weight.grad!.dtype));
            var gradients = cat([.. network.parameters().Select(weight => weight.grad!.flatten())]);
            Assert.True(gradients.isfinite().all().ToBoolean());
            return (logits.detach(), gradients);
        }
    }

    [Fact]
    public void Scopes_nest_and_what_held_before_holds_after()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (randn([2, 3]), randn([4, 3]));
        ScalarType Type() => nn.functional.linear(x, weight).dtype;
        Assert.Equal(ScalarType.Float32, Type());
        using (new Autocast(CPU, ScalarType.BFloat16))
        {
            Assert.Equal(ScalarType.BFloat16, Type());
            using (new Autocast(CPU, null))
            {
                Assert.Equal(ScalarType.Float32, Type());
            }

            Assert.Equal(ScalarType.BFloat16, Type());
        }

        Assert.Equal(ScalarType.Float32, Type());
    }

    [Fact]
    public void A_scripted_network_computes_in_bfloat16_before_and_after_float32()
    {
        using var scope = NewDisposeScope();
        using var network = (Models.TResNetM() with { Scripted = true }).Build(10);
        network.eval();
        var images = rand([2, 3, 64, 64]);
        foreach (var type in new ScalarType?[] { null, ScalarType.BFloat16, null, ScalarType.BFloat16 })
        {
            var outside = network.call(images);
            using var autocast = new Autocast(CPU, type);
            var inside = network.call(images);
            Assert.Equal((ScalarType.Float32, type ?? ScalarType.Float32), (outside.dtype, inside.dtype));
            Assert.InRange(Cosine(outside, inside), 0.99, 1.001);
        }
    }

    [Fact]
    public void A_weight_that_changed_between_two_scopes_is_cast_again()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (ones([1, 1]), ones([1, 1], requires_grad: true));
        float Product()
        {
            using var _ = new Autocast(CPU, ScalarType.BFloat16);
            return nn.functional.linear(x, weight).to(ScalarType.Float32).item<float>();
        }

        Assert.Equal(1, Product());
        using (no_grad())
        {
            weight.fill_(2);
        }

        Assert.Equal(2, Product());
    }

    [Fact]
    public void Scopes_leave_no_tensors_behind()
    {
        using var network = Models.Create("tresnet_nano", 10);
        network.train();
        var before = 0L;
        for (var step = 0; step < 4; step++)
        {
            using var scope = NewDisposeScope();
            using (new Autocast(CPU, ScalarType.BFloat16))
            {
                network.call(rand([2, 3, 32, 32])).to(ScalarType.Float32).sum().backward();
            }

            network.zero_grad();
            scope.DisposeEverything();
            before = step == 0 ? LiveTensors.Settled() : before;
        }

        LiveTensors.AssertNoneBeyond(before);
    }

    [Fact]
    public void A_type_that_the_device_does_not_compute_in_is_refused_in_one_sentence()
    {
        static string Refused(Device device, ScalarType type) =>
            Assert.Throws<TResNetException>(() => new Autocast(device, type)).Message;

        Assert.Equal(
            "A CPU does not compute in float16; use bfloat16 there, or a GPU.",
            Refused(CPU, ScalarType.Float16)
        );
        Assert.Equal(
            "Autocast to Float64 on cpu was asked for, but it is to bfloat16 on a CPU, and to bfloat16 or float16 on a CUDA GPU; choose one of them.",
            Refused(CPU, ScalarType.Float64)
        );
    }

    private static double Cosine(Tensor a, Tensor b)
    {
        var (x, y) = (a.to(ScalarType.Float32).flatten(), b.to(ScalarType.Float32).flatten());
        return (x * y).sum().item<float>() / Math.Sqrt(x.square().sum().item<float>() * y.square().sum().item<float>());
    }
}
