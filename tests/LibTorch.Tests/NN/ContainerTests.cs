// Sequential and ModuleList.
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class ContainerTests
{
    private sealed class Add(double amount) : Module<Tensor, Tensor>(nameof(Add))
    {
        public Tensor? Last { get; private set; }

        public override Tensor forward(Tensor input) => Last = input + amount;
    }

    private sealed class Same() : Module<Tensor, Tensor>(nameof(Same))
    {
        public override Tensor forward(Tensor input) => input;
    }

    [Fact]
    public void A_sequence_runs_its_modules_in_order()
    {
        using Sequential sequence = Sequential(new Add(1), ReLU(), new Add(10));

        Equal([10, 13], sequence.call(tensor([-5.0, 2])));
    }

    [Fact]
    public void Results_in_between_are_disposed_and_input_and_result_are_not()
    {
        Add first = new(1);
        Add second = new(1);
        using Sequential sequence = Sequential(new Same(), first, new Same(), second, new Same());
        using Tensor input = zeros([1], float64);

        Tensor result = sequence.call(input);

        Assert.True(first.Last!.IsInvalid);
        Assert.Equal(0, input.ToDouble());
        Assert.Equal(2, result.ToDouble());
    }

    [Fact]
    public void Disposed_results_still_carry_gradients()
    {
        using Tensor input = tensor([2.0], requires_grad: true);
        using Sequential sequence = Sequential(Sigmoid(), Sigmoid(), Sigmoid());

        sequence.call(input).backward();

        double Sigma(double x) => 1 / (1 + Math.Exp(-x));
        double a = Sigma(2),
            b = Sigma(a),
            c = Sigma(b);
        Equal([a * (1 - a) * b * (1 - b) * c * (1 - c)], input.grad!);
    }

    [Fact]
    public void An_empty_sequence_passes_its_input_on()
    {
        using Tensor input = ones([1], float64);

        Sequential().call(input).Dispose();

        Equal([1], input);
    }

    [Fact]
    public void Modules_are_named_by_position_or_as_given()
    {
        string[] Names(Sequential sequence) => [.. sequence.named_children().Select(child => child.name)];

        Assert.Equal(["0", "1"], Names(Sequential(ReLU(), ReLU())));
        Assert.Equal(["a", "b", "2"], Names(Sequential(("a", ReLU()), ("b", ReLU())).append(ReLU())));
        Assert.Equal(["0", "1"], Names(Sequential(new List<Module<Tensor, Tensor>> { ReLU(), Identity() })));
        Assert.Equal(["x"], Names(Sequential(new List<(string, Module<Tensor, Tensor>)> { ("x", ReLU()) })));
    }

    [Fact]
    public void A_sequence_is_indexed_and_sliced()
    {
        ReLU relu = ReLU();
        using Sequential sequence = Sequential(("a", Identity()), ("b", relu), ("c", Flatten()));

        Assert.Equal(3, sequence.Count);
        Assert.Same(relu, sequence[1]);
        Assert.Equal(["b", "c"], sequence[1..].named_children().Select(child => child.name));
        Assert.Equal(["a", "b"], sequence[(null, 2)].named_children().Select(child => child.name));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence[(0, 4)]);
    }

    [Fact]
    public void A_list_names_its_modules_by_their_present_positions()
    {
        ModuleList<Linear> list = ModuleList(Linear(1, 1), Linear(2, 2));
        list.Insert(0, Linear(3, 3, hasBias: false));
        list.append(Linear(4, 4, hasBias: false));
        list.RemoveAt(2);

        Assert.Equal(["0.weight", "1.weight", "1.bias", "2.weight"], list.state_dict().Keys);
        Assert.Equal([3, 1, 4], list.Select(linear => linear.in_features));
    }

    [Fact]
    public void Disposing_a_container_disposes_what_it_holds()
    {
        Linear linear = Linear(1, 1);
        Sequential(ModuleOf(linear)).Dispose();

        Assert.True(linear.weight.IsInvalid);

        static Module<Tensor, Tensor> ModuleOf(Linear inner) => Sequential(inner);
    }
}
