// Four steps of each optimizer against PyTorch 1.13 (float64):
//
//   p = Parameter([1, -2, 3]); c = [1, 0.5, -0.25]
//   4 times: zero_grad; (c * p * p).sum().div(2).backward(); step
using LibTorch.Tests.NN;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LibTorch.Tests.Optim;

public sealed class OptimizerTests
{
    private static Parameter Start() => new(tensor([1.0, -2, 3]));

    private static Tensor Loss(Parameter parameter)
    {
        using Tensor curvature = tensor([1.0, 0.5, -0.25]);
        return (curvature * parameter * parameter).sum() / 2.0;
    }

    private static Parameter After(int steps, Func<Parameter, optim.Optimizer> make)
    {
        Parameter parameter = Start();
        using optim.Optimizer optimizer = make(parameter);
        for (int i = 0; i < steps; i++)
        {
            optimizer.zero_grad();
            Loss(parameter).backward();
            optimizer.step();
        }

        return parameter;
    }

    private static void Check(double[] expected, Func<Parameter, optim.Optimizer> make) =>
        Numbers.Equal(expected, After(4, make), 1e-12);

    [Fact]
    public void Plain_gradient_descent() =>
        // Each step multiplies by 1 - 0.1 c.
        Check([Math.Pow(0.9, 4), -2 * Math.Pow(0.95, 4), 3 * Math.Pow(1.025, 4)], p => optim.SGD([p], 0.1));

    [Fact]
    public void Gradient_descent_with_momentum() =>
        Check([0.2268, -1.1625874999999999, 3.7049214843750007], p => optim.SGD([p], 0.1, momentum: 0.9));

    [Fact]
    public void Gradient_descent_with_dampening_and_weight_decay() =>
        // SGD(p, 0.1, momentum=.9, dampening=.3, weight_decay=.01)
        Check(
            [0.34131194178154306, -1.2929575998558858, 3.545469341589504],
            p => optim.SGD([p], 0.1, momentum: 0.9, dampening: 0.3, weight_decay: 0.01)
        );

    [Fact]
    public void Nesterov_momentum() =>
        // SGD(p, 0.1, momentum=.9, nesterov=True, weight_decay=.01)
        Check(
            [0.08759795815357203, -0.9304061957453041, 3.935195280231629],
            p => optim.SGD([p], 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true)
        );

    [Theory]
    [InlineData(true, 0, false)]
    [InlineData(false, 0.3, false)]
    [InlineData(true, 0, true)]
    public void One_pass_over_large_parameters_is_the_formula_whatever_their_order(
        bool nesterov,
        double dampening,
        bool maximize
    )
    {
        using DisposeScope scope = NewDisposeScope();
        // Transposed: gradient and parameter are dense and lie alike; sliced: they are not dense.
        foreach (Tensor start in new[] { randn(70_001), randn(300, 250).t(), randn(64, 3, 3, 9)[.., .., .., ..3] })
        {
            Parameter parameter = new(start.alias());
            Tensor expected = start.to(float64);
            Tensor velocity = zeros_like(expected);
            using SGD sgd = optim.SGD([parameter], 0.1, 0.9, dampening, 0.01, nesterov, maximize);
            for (int i = 0; i < 4; i++)
            {
                Tensor gradient = randn_like(start);
                parameter.grad = gradient;
                sgd.step();
                Tensor change = (maximize ? -gradient.to(float64) : gradient.to(float64)) + (expected * 0.01);
                velocity = i == 0 ? change : (velocity * 0.9) + (change * (1 - dampening));
                expected = expected - ((nesterov ? change + (velocity * 0.9) : velocity) * 0.1);
            }

            Assert.True((parameter.to(float64) - expected).abs().max().item<double>() < 1e-5);
        }
    }

    [Fact]
    public void Climbing() =>
        // SGD(p, 0.1, momentum=.9, maximize=True)
        Check(
            [2.0500000000000003, -2.9757374999999997, 2.3469433593749995],
            p => optim.SGD([p], 0.1, momentum: 0.9, maximize: true)
        );

    [Fact]
    public void Climbing_still_decays_weights() =>
        // Each step adds 0.1 (c p - 0.5 p).
        Check(
            [Math.Pow(1.05, 4), -2, 3 * Math.Pow(0.925, 4)],
            p => optim.SGD([p], 0.1, weight_decay: 0.5, maximize: true)
        );

    [Fact]
    public void Adam() =>
        Check([0.603939062682108, -1.6015048983797573, 3.4006111917159734], p => optim.Adam([p], 0.1));

    [Fact]
    public void Adam_with_weight_decay_and_amsgrad() =>
        // Adam(p, 0.1, betas=(.8, .95), eps=1e-4, weight_decay=.02, amsgrad=True)
        Check(
            [0.6056023872117942, -1.6023003968183687, 3.401007006802505],
            p => optim.Adam([p], 0.1, 0.8, 0.95, 1e-4, 0.02, amsgrad: true)
        );

    [Fact]
    public void AdamW_decays_weights_apart_from_the_gradient() =>
        // AdamW(p, 0.1, betas=(.8, .95), eps=1e-4, weight_decay=.2)
        Check(
            [0.5412746390022654, -1.459958715029598, 3.1556637337170175],
            p => optim.AdamW([p], 0.1, 0.8, 0.95, 1e-4, 0.2)
        );

    [Fact]
    public void AdamW_with_amsgrad_climbing() =>
        // AdamW(p, 0.1, weight_decay=.2, amsgrad=True, maximize=True)
        Check(
            [1.311575107258473, -2.233444715985798, 2.380533780893282],
            p => optim.AdamW([p], 0.1, weight_decay: 0.2, amsgrad: true, maximize: true)
        );

    [Fact]
    public void RMSProp() =>
        // RMSprop(p, 0.01)
        Check([0.7353890542033931, -1.7277138325492771, 3.2836040401152227], p => optim.RMSProp([p]));

    [Fact]
    public void RMSProp_centered_with_momentum() =>
        // RMSprop(p, 0.01, alpha=.9, eps=1e-3, weight_decay=.01, momentum=.5, centered=True)
        Check(
            [0.8418273015404104, -1.8401296649568823, 3.162319171851999],
            p => optim.RMSProp([p], 0.01, 0.9, 1e-3, 0.01, 0.5, centered: true)
        );

    [Fact]
    public void Groups_keep_their_own_settings()
    {
        Parameter decayed = Start();
        Parameter free = Start();
        using SGD sgd = optim.SGD(
            [
                new SGD.ParamGroup([decayed], new SGD.Options { weight_decay = 0.5 }),
                new SGD.ParamGroup { Parameters = [free] },
            ],
            0.1
        );
        decayed.grad = zeros([3], float64);
        free.grad = zeros([3], float64);

        sgd.step();

        Numbers.Equal([0.95, -1.9, 2.85], decayed);
        Numbers.Equal([1, -2, 3], free);
        Assert.Equal([0.1, 0.1], sgd.ParamGroups.Select(group => group.LearningRate));
        Assert.Equal([decayed, free], sgd.parameters());
    }

    [Fact]
    public void Named_parameters_are_taken_too()
    {
        using Linear linear = nn.Linear(1, 1);

        Assert.Equal(2, optim.SGD(linear.named_parameters(), 0.1).parameters().Count());
        Assert.Equal(2, optim.AdamW(linear.named_parameters()).parameters().Count());
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone_and_catches_up()
    {
        Parameter late = Start();
        Parameter early = Start();
        using AdamW adamw = optim.AdamW([early, late], 0.1);
        early.grad = ones([3], float64);
        adamw.step();
        Numbers.Equal([1, -2, 3], late);

        // In its first step Adam moves by the learning rate, whatever the gradient; the other is in its second.
        late.grad = full([3], 5.0, dtype: float64);
        adamw.step();
        Numbers.Equal([0.9, -2.1, 2.9], late, 1e-7);
        Numbers.Equal([0.8, -2.2, 2.8], early, 1e-7);
    }

    [Fact]
    public void A_step_may_compute_the_loss_itself()
    {
        Parameter parameter = Start();
        using SGD sgd = optim.SGD([parameter], 0.1);

        Tensor? loss = sgd.step(() =>
        {
            Tensor value = Loss(parameter);
            value.backward();
            return value;
        });

        Assert.Equal(0.375, loss!.ToDouble(), 1e-12);
        Numbers.Equal([0.9, -1.9, 3.075], parameter);
        Assert.Null(sgd.step());
    }

    [Fact]
    public void Zero_grad_fills_gradients_with_zeros()
    {
        Parameter parameter = Start();
        using SGD sgd = optim.SGD([parameter], 0.1);
        sgd.zero_grad();
        Assert.Null(parameter.grad);
        Loss(parameter).backward();

        sgd.zero_grad();

        Numbers.Equal([0, 0, 0], parameter.grad!);
    }

    [Fact]
    public void Impossible_settings_are_refused_with_their_range()
    {
        Parameter[] p = [Start()];
        string Refused(Func<optim.Optimizer> make) => Assert.Throws<ArgumentException>(make).Message;

        Assert.Contains("lr is 0 or more, not -0.1", Refused(() => optim.SGD(p, -0.1)));
        Assert.Contains("momentum is 0 or more", Refused(() => optim.SGD(p, 0.1, momentum: -1)));
        Assert.Contains("Nesterov", Refused(() => optim.SGD(p, 0.1, nesterov: true)));
        Assert.Contains("beta1 is 0 up to", Refused(() => optim.AdamW(p, beta1: 1)));
        Assert.Contains("eps is 0 or more", Refused(() => optim.RMSProp(p, eps: double.NaN)));
        Assert.Contains("two groups", Refused(() => optim.SGD([p[0], p[0]], 0.1)));
    }

    [Fact]
    public void Six_hundred_parameters_are_no_problem()
    {
        Parameter[] many = [.. Enumerable.Range(0, 600).Select(_ => Start())];
        using AdamW adamw = optim.AdamW(many, 0.1);
        using SGD sgd = optim.SGD(many, 0.1, momentum: 0.9, weight_decay: 0.1, nesterov: true);
        foreach (Parameter parameter in many)
        {
            parameter.grad = ones([3], float64);
        }

        adamw.step();
        sgd.step();
        nn.utils.clip_grad_norm_(many, 1);

        Assert.All(many, parameter => Assert.True(parameter.allclose(many[0])));
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        Parameter parameter = Start();
        using AdamW adamw = optim.AdamW([parameter], 0.1, weight_decay: 0.1, amsgrad: true);
        using SGD sgd = optim.SGD([parameter], 0.1, 0.9, weight_decay: 0.1, nesterov: true);
        parameter.grad = ones([3], float64);
        adamw.step();
        sgd.step();
        DisposeScope scope = NewDisposeScope();

        for (int i = 0; i < 3; i++)
        {
            adamw.step();
            sgd.step();
        }

        Assert.Equal(0, scope.DisposablesCount);
        scope.Dispose();
    }
}
