// An optimizer's state goes on where it was, through a dictionary or a file.
using LibTorch.Tests.NN;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LibTorch.Tests.Optim;

public sealed class OptimizerStateTests
{
    public static TheoryData<string> Kinds => ["sgd", "adam", "adamw", "rmsprop"];

    private static OptimizerHelper Make(string kind, Parameter parameter, double lr = 0.1) =>
        kind switch
        {
            "sgd" => optim.SGD([parameter], lr, momentum: 0.9),
            "adam" => optim.Adam([parameter], lr, amsgrad: true),
            "adamw" => optim.AdamW([parameter], lr, weight_decay: 0.1),
            _ => optim.RMSProp([parameter], lr, momentum: 0.5, centered: true),
        };

    private static void Step(OptimizerHelper optimizer, Parameter parameter, double slope)
    {
        parameter.grad = tensor([slope, 2 * slope]);
        optimizer.step();
    }

    private static (OptimizerHelper Optimizer, Parameter Parameter) Trained(string kind)
    {
        Parameter parameter = new(tensor([1.0, -2]));
        OptimizerHelper optimizer = Make(kind, parameter);
        Step(optimizer, parameter, 1);
        Step(optimizer, parameter, -3);
        return (optimizer, parameter);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Through_a_stream(string kind)
    {
        (OptimizerHelper trained, Parameter first) = Trained(kind);
        Parameter second = new(first.detach().clone());
        OptimizerHelper resumed = Make(kind, second, lr: 99);
        MemoryStream stream = new();
        trained.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;

        resumed.load_state_dict(new BinaryReader(stream));

        Assert.Equal(stream.Length, stream.Position);
        GoOnAlike(trained, first, resumed, second);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Through_a_dictionary(string kind)
    {
        (OptimizerHelper trained, Parameter first) = Trained(kind);
        Parameter second = new(first.detach().clone());
        OptimizerHelper resumed = Make(kind, second, lr: 99);

        resumed.load_state_dict(trained.state_dict());

        Assert.True(resumed.state_dict().State[0].ApproximatelyEquals(trained.state_dict().State[0]));
        GoOnAlike(trained, first, resumed, second);
    }

    private static void GoOnAlike(OptimizerHelper trained, Parameter first, OptimizerHelper resumed, Parameter second)
    {
        Assert.Equal(0.1, resumed.ParamGroups.Single().LearningRate);
        Step(trained, first, 2);
        Assert.False(resumed.state_dict().State[0].ApproximatelyEquals(trained.state_dict().State[0]));
        Step(resumed, second, 2);
        Numbers.Equal(first.data<double>().ToArray(), second, 0);
    }

    [Fact]
    public void Places_in_the_state_follow_the_groups()
    {
        Parameter Scalar() => new(zeros([1]));
        using SGD sgd = optim.SGD(
            [new SGD.ParamGroup { Parameters = [Scalar(), Scalar()] }, new SGD.ParamGroup { Parameters = [Scalar()] }],
            0.1
        );

        Assert.Equal(
            [
                [0, 1],
                [2],
            ],
            sgd.state_dict().StateIndexRef
        );
    }

    [Fact]
    public void Another_kind_or_another_number_of_parameters_is_refused()
    {
        (OptimizerHelper trained, _) = Trained("adam");
        MemoryStream stream = new();
        trained.save_state_dict(new BinaryWriter(stream));
        Parameter parameter = new(zeros(2));

        stream.Position = 0;
        Assert.Contains(
            "'Adam'",
            Assert
                .Throws<InvalidDataException>(() => Make("adamw", parameter).load_state_dict(new BinaryReader(stream)))
                .Message
        );
        stream.Position = 0;
        using Adam two = optim.Adam([parameter, new Parameter(zeros(2))]);
        Assert.Contains(
            "1 parameters",
            Assert.Throws<ArgumentException>(() => two.load_state_dict(new BinaryReader(stream))).Message
        );
    }
}
