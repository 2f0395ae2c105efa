// What belongs to a module, under which names, and how its state goes in and out.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class ModuleTests
{
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv;
        private readonly BatchNorm2d bn;
        private readonly ModuleList<Module<Tensor, Tensor>> branches;
        private readonly Parameter scale;
        private readonly Tensor offset;

        public Block()
            : base(nameof(Block))
        {
            conv = Conv2d(3, 4, 3, bias: false);
            bn = BatchNorm2d(4);
            branches = new ModuleList<Module<Tensor, Tensor>>(Linear(2, 2), Identity());
            scale = new Parameter(ones(4));
            offset = zeros(4);
            Head = Linear(4, 2);
            RegisterComponents();
        }

        public Linear Head { get; }

        public override Tensor forward(Tensor input)
        {
            using Tensor features = bn.call(conv.call(input));
            using Tensor pooled = features.mean([2, 3]);
            using Tensor scaled = pooled * scale + offset;
            return Head.call(scaled);
        }
    }

    [Fact]
    public void A_state_dict_has_all_parameters_and_then_all_buffers_under_dotted_names()
    {
        using Block block = new();

        Assert.Equal(
            [
                "scale",
                "conv.weight",
                "bn.weight",
                "bn.bias",
                "branches.0.weight",
                "branches.0.bias",
                "Head.weight",
                "Head.bias",
                "offset",
                "bn.running_mean",
                "bn.running_var",
                "bn.num_batches_tracked",
            ],
            block.state_dict().Keys
        );
    }

    [Fact]
    public void Children_and_modules_come_in_the_order_of_their_fields()
    {
        using Block block = new();

        Assert.Equal(["conv", "bn", "branches", "Head"], block.named_children().Select(child => child.name));
        Assert.Equal(
            ["conv", "bn", "branches", "Head", "branches.0", "branches.1"],
            block.named_modules().Select(child => child.name)
        );
    }

    [Fact]
    public void Components_are_found_by_dotted_name()
    {
        using Block block = new();

        Assert.Same(block.Head.weight, block.get_parameter("Head.weight"));
        Assert.True(block.has_parameter("branches.0.bias"));
        Assert.True(block.has_buffer("bn.running_var"));
        Assert.Null(block.get_parameter("branches.2.bias"));
        Assert.False(block.has_buffer("bn.weight"));
    }

    [Fact]
    public void A_shared_parameter_is_listed_once_and_saved_under_both_names()
    {
        using Linear first = Linear(2, 2, hasBias: false);
        using Sequential tied = Sequential(("a", first), ("b", first));

        Assert.Equal(["a.weight"], tied.named_parameters().Select(named => named.name));
        Assert.Equal(["a.weight", "b.weight"], tied.state_dict().Keys);
    }

    [Fact]
    public void A_buffer_that_is_not_persistent_is_listed_but_not_saved()
    {
        using Sequential module = Sequential();
        module.register_buffer("saved", zeros(1));
        module.register_buffer("scratch", zeros(1), persistent: false);

        Assert.Equal(["saved", "scratch"], module.named_buffers().Select(named => named.name));
        Assert.Equal(["saved"], module.named_buffers(include_nonpersistent: false).Select(named => named.name));
        Assert.Equal(["saved"], module.state_dict().Keys);
    }

    [Fact]
    public void A_prefix_and_a_destination_collect_the_states_of_several_modules()
    {
        using Linear encoder = Linear(1, 1, hasBias: false);
        using Linear decoder = Linear(1, 1, hasBias: false);
        Dictionary<string, Tensor> all = encoder.state_dict(prefix: "encoder");
        decoder.state_dict(all, "decoder");

        Assert.Equal(["encoder.weight", "decoder.weight"], all.Keys);
    }

    [Fact]
    public void Names_that_are_taken_empty_or_dotted_are_refused()
    {
        using Sequential module = Sequential(Identity());

        Assert.Throws<InvalidOperationException>(() => module.register_module("0", Identity()));
        Assert.Throws<ArgumentException>(() => module.register_module("", Identity()));
        Assert.Throws<ArgumentException>(() => module.register_module("a.b", Identity()));
        Assert.Throws<ArgumentNullException>(() => module.register_buffer("b", null!));
        Assert.Throws<ArgumentNullException>(() => module.register_parameter("p", null!));
    }

    [Fact]
    public void A_parameterless_layer_refuses_parameters()
    {
        using ReLU relu = ReLU();

        Assert.Contains(
            "parameter-less",
            Assert
                .Throws<InvalidOperationException>(() => relu.register_parameter("p", new Parameter(zeros(1))))
                .Message
        );
    }

    [Fact]
    public void Training_and_evaluation_mode_reach_every_submodule()
    {
        using Block block = new();
        Assert.All(block.modules(), module => Assert.True(module.training));

        block.eval();
        Assert.False(block.training);
        Assert.All(block.modules(), module => Assert.False(module.training));

        block.train();
        Assert.All(block.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        using Sequential module = Sequential(("inner", Sequential(("leaf", ReLU()))));
        List<string> visited = [];

        module.apply(visitor => visited.Add(visitor.GetName()));

        Assert.Equal(["ReLU", "Sequential", "Sequential"], visited);
    }

    [Fact]
    public void Zero_grad_drops_gradients_or_fills_them_with_zeros()
    {
        using Linear linear = Linear(2, 1);
        using Tensor input = ones(1, 2);
        linear.call(input).sum().backward();
        Assert.Equal([1f, 1f], linear.weight.grad!.data<float>().ToArray());

        linear.zero_grad(set_to_none: false);
        Assert.Equal([0f, 0f], linear.weight.grad!.data<float>().ToArray());

        linear.zero_grad();
        Assert.Null(linear.weight.grad);
    }

    [Fact]
    public void Moving_a_module_keeps_its_type_its_parameter_objects_and_its_gradients()
    {
        using Sequential module = Sequential(Linear(2, 1), Flatten());
        Parameter weight = module.parameters().First();
        module.call(ones(1, 2)).sum().backward();

        Sequential moved = module.to(ScalarType.Float64);

        Assert.Same(module, moved);
        Assert.Same(weight, module.parameters().First());
        Assert.Equal(ScalarType.Float64, weight.dtype);
        Assert.Equal(ScalarType.Float64, weight.grad!.dtype);
        Assert.Equal([1.0, 1.0], weight.grad!.data<double>().ToArray());
        Assert.True(weight.requires_grad);
        Assert.True(weight.is_leaf);
        module.call(ones([1, 2], dtype: ScalarType.Float64)).sum().backward();
        Assert.Equal([2.0, 2.0], weight.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Converting_leaves_integer_buffers_alone()
    {
        using BatchNorm2d bn = BatchNorm2d(2).half();

        Assert.Equal(ScalarType.Float16, bn.running_mean!.dtype);
        Assert.Equal(ScalarType.Int64, bn.num_batches_tracked!.dtype);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => bn.to(ScalarType.Int64)).Message);
    }

    [Fact]
    public void Parameters_made_inside_a_dispose_scope_outlive_it()
    {
        Block block;
        using (NewDisposeScope())
        {
            block = new Block();
        }

        Assert.All(block.parameters(), parameter => Assert.False(parameter.IsInvalid));
        Assert.All(block.buffers(), buffer => Assert.False(buffer.IsInvalid));
        block.Dispose();
        Assert.All(block.parameters(), parameter => Assert.True(parameter.IsInvalid));
    }

    [Fact]
    public void A_module_prints_as_a_tree_of_its_layers()
    {
        using Sequential module = Sequential(
            ("stem", Conv2d(3, 8, 3, stride: 2, padding: 1, bias: false)),
            ("act", LeakyReLU(1e-3)),
            ("head", Sequential(Flatten(), Linear(8, 2)))
        );

        Assert.Equal(
            """
            Sequential(
              (stem): Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)
              (act): LeakyReLU(negative_slope=0.001)
              (head): Sequential(
                (0): Flatten(start_dim=1, end_dim=-1)
                (1): Linear(in_features=8, out_features=2, bias=True)
              )
            )
            """,
            module.ToString()
        );
    }
}
