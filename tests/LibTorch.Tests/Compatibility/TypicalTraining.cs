// A training program as people write it for TorchSharp. It names nothing that only src/LibTorch has, so it compiles against the
// package too.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.utils.data;
using F = TorchSharp.torch.nn.functional;

namespace LibTorch.Tests.Compatibility;

/// <summary>Squares, with a gradient written by hand.</summary>
internal sealed class Square : autograd.SingleTensorFunction<Square>
{
    public override string Name => nameof(Square);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        ctx.save_for_backward([x]);
        return x * x;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var x = ctx.get_saved_variables()[0];
        return [2 * x * grad_output];
    }
}

/// <summary>Pairs of an image and a label.</summary>
internal sealed class Pairs : Dataset<(Tensor image, Tensor label)>
{
    public override long Count => 4;

    public override (Tensor image, Tensor label) GetTensor(long index) =>
        (full(3, 8, 8, (float)index), tensor(index % 2, dtype: int64));
}

internal static class TypicalTraining
{
    public static void Train()
    {
        random.manual_seed(1);
        manual_seed(1);
        using var model = new TypicalNetwork(classes: 2);
        model.to(CPU).train();
        using var loss = nn.CrossEntropyLoss(reduction: nn.Reduction.Mean);
        foreach (var optimizer in Optimizers(model))
        {
            using (optimizer)
            {
                var scheduler = optim.lr_scheduler.OneCycleLR(
                    optimizer,
                    max_lr: 0.1,
                    total_steps: 4,
                    pct_start: 0.5,
                    anneal_strategy: optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy.Cos,
                    cycle_momentum: false
                );
                for (var step = 0; step < 3; step++)
                {
                    using var scope = NewDisposeScope();
                    var (images, labels) = Batch(new Pairs());
                    optimizer.zero_grad();
                    var output = model.call(images);
                    var value = loss.call(output, labels) + F.cross_entropy(output, labels, label_smoothing: 0.1);
                    value.backward();
                    nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1.0);
                    optimizer.step();
                    scheduler.step();
                    Assert.True(value.item<float>() > 0);
                }

                Assert.All(optimizer.ParamGroups, group => Assert.True(group.LearningRate > 0));
            }
        }

        using var sgd = optim.SGD(model.parameters(), 0.1);
        optim.lr_scheduler.CosineAnnealingLR(sgd, T_max: 10, eta_min: 0.001).step();
        optim.lr_scheduler.StepLR(sgd, step_size: 2, gamma: 0.5).step();
        optim.lr_scheduler.LambdaLR(sgd, epoch => 1.0 / (1 + epoch)).step();
    }

    private static IEnumerable<optim.Optimizer> Optimizers(TypicalNetwork model)
    {
        yield return optim.SGD(
            model.parameters(),
            learningRate: 0.1,
            momentum: 0.9,
            weight_decay: 1e-4,
            nesterov: true
        );
        yield return optim.SGD(
            [
                new SGD.ParamGroup(model.parameters().Where(p => p.dim() > 1), weight_decay: 1e-4),
                new SGD.ParamGroup(model.parameters().Where(p => p.dim() <= 1)) { Options = { weight_decay = 0 } },
            ],
            learningRate: 0.1
        );
        yield return optim.AdamW(model.named_parameters(), lr: 1e-3, beta1: 0.9, beta2: 0.99, weight_decay: 0.01);
        yield return optim.AdamW([new AdamW.ParamGroup { Parameters = model.parameters() }], lr: 1e-3);
        yield return optim.Adam(model.parameters(), lr: 1e-3, amsgrad: true);
        yield return optim.RMSProp(model.parameters(), lr: 1e-3, alpha: 0.9, momentum: 0.9);
    }

    private static (Tensor Images, Tensor Labels) Batch(Dataset<(Tensor image, Tensor label)> data)
    {
        var samples = Enumerable.Range(0, (int)data.Count).Select(i => data.GetTensor(i)).ToArray();
        return (stack(samples.Select(s => s.image)), stack(samples.Select(s => s.label)));
    }

    public static void Evaluate()
    {
        using var model = new TypicalNetwork(3);
        model.eval();
        Assert.False(model.training);
        using (no_grad())
        using (var images = rand(2, 3, 8, 8))
        using (var output = model.call(images))
        {
            Assert.Equal([2L, 3L], output.shape);
            Assert.False(output.requires_grad);
        }

        using (inference_mode())
        using (var probabilities = F.softmax(model.call(rand(1, 3, 8, 8)), dim: 1))
        {
            Assert.Equal(1f, probabilities.sum().item<float>(), 1e-5f);
        }

        var seen = 0;
        var hook = model.register_forward_hook(
            (_, _, result) =>
            {
                seen++;
                return result;
            }
        );
        model.call(rand(1, 3, 8, 8)).Dispose();
        hook.remove();
        model.call(rand(1, 3, 8, 8)).Dispose();
        Assert.Equal(1, seen);
        Assert.Contains(model.named_children(), child => child.name == "blocks");
        Assert.Contains(model.named_modules(), child => child.name == "blocks.0.conv");
        Assert.Contains(model.named_buffers(), buffer => buffer.name == "shift");
        Assert.Equal(model.parameters().Count(), model.named_parameters().Select(p => p.name).Distinct().Count());
        Assert.Equal(model.named_parameters().Count() + model.named_buffers().Count(), model.state_dict().Count);
        model.apply(module => module.eval());
    }

    public static void Differentiate()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 2.0 }, requires_grad: true);
        Square.apply(x).sum().backward();
        Assert.Equal([2.0, 4.0], x.grad!.data<double>().ToArray());
        x.grad = null;
        (x * x).backward([ones_like(x)], retain_graph: false, create_graph: false);
        Assert.Equal([2.0, 4.0], x.grad!.data<double>().ToArray());
        var gradients = autograd.grad([x.pow(3).sum()], [x], create_graph: true);
        Assert.True(gradients[0].requires_grad);
        autograd.backward([gradients[0].sum()]);
        using (enable_grad(false))
        {
            Assert.False(x.mul(2).requires_grad);
        }

        using (set_grad_enabled(true))
        {
            Assert.True(is_grad_enabled());
        }
    }

    public static void Script()
    {
        using var unit = jit.compile("def twice(x: Tensor, by: float) -> Tensor:\n    return x * by\n");
        using var x = ones(2);
        using var untyped = (Tensor)unit.invoke("twice", x, 2.0)!;
        using var typed = unit.invoke<Tensor>("twice", x, 3.0);
        Assert.Equal(10f, (untyped + typed).sum().item<float>());
    }

    public static void SaveAndLoad()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "model.dat");
            using var saved = new TypicalNetwork(2);
            using var loaded = new TypicalNetwork(2);
            saved.save(file);
            loaded.load(file, strict: true);
            using var stream = new MemoryStream();
            var (missing, unexpected) = loaded.load_state_dict(saved.state_dict(), strict: false, skip: ["shift"]);
            Assert.Empty(missing);
            Assert.Empty(unexpected);
            foreach (var (name, value) in saved.state_dict())
            {
                Assert.True(value.Equals(loaded.state_dict()[name]), name);
            }

            using var optimizer = optim.AdamW(saved.parameters());
            optimizer.save_state_dict(file);
            optimizer.load_state_dict(file);
            optimizer.load_state_dict(optimizer.state_dict());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static void Scopes()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tensor kept;
        using (var scope = NewDisposeScope())
        {
            using var inner = NewDisposeScope();
            var a = ones(2);
            var b = ones(2);
            var (c, d) = inner.MoveToOuter(a + b, a - b);
            inner.Detach(c);
            inner.Attach(b);
            kept = scope.MoveToOuter(c).DetachFromDisposeScope();
            inner.DisposeEverythingBut(d);
            Assert.True(a.IsInvalid);
            Assert.Equal(1, scope.DisposablesCount);
        }

        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.True(DisposeScopeManager.Statistics.ThreadTotalLiveCount <= before);
    }
}
