using System.Globalization;
using TorchSharp;
using TResNet.Profiling;
using TResNet.Profiling.Counting;
using TResNet.Tests.Profiling;
using static TorchSharp.torch;

namespace TResNet.Tests.Architectures;

public sealed class ModelsTests
{
    public static TheoryData<string, long> Published
    {
        get
        {
            var data = new TheoryData<string, long>();
            foreach (var name in PublishedCounts.Compared())
            {
                data.Add(name, long.Parse(PublishedCounts.ByName[name]["params"], CultureInfo.InvariantCulture));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void A_network_has_as_many_parameters_as_the_public_one(string name, long parameters) =>
        Assert.Equal(parameters, Models.Describe(name).Info.Parameters);

    [Fact]
    public void The_TResNets_and_what_they_are_compared_with_are_listed()
    {
        string[] names = [.. Models.List().Select(m => m.Name)];
        foreach (
            var name in new[]
            {
                "tresnet_nano",
                "tresnet_m",
                "tresnet_l",
                "tresnet_xl",
                "tresnet_v2_l",
                "tresnet_m_448",
                "tresnet_l_448",
                "tresnet_xl_448",
                "resnet50",
            }
        )
        {
            Assert.Contains(name, names);
        }

        Assert.All(Models.List("*448"), m => Assert.Equal(448, m.InputSize));
        Assert.Empty(Models.List("nothing*"));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Theory]
    [InlineData("tresnet_nano", 32, 1, 10)]
    [InlineData("tresnet_nano", 36, 3, 5)]
    [InlineData("resnet18", 33, 3, 7)]
    public void A_network_takes_its_input_and_gives_one_logit_a_class(string name, int side, int channels, int classes)
    {
        using var scope = NewDisposeScope();
        var network = Models.Create(name, classes, channels);
        Assert.Equal([2L, classes], network.call(zeros(2, channels, side, side)).shape);
    }

    [Fact]
    public void One_seed_builds_one_network()
    {
        float[] Build()
        {
            manual_seed(3);
            using var network = Models.Create("tresnet_nano", 10);
            return network.state_dict()["body.conv1.conv.weight"].flatten().data<float>().ToArray();
        }

        Assert.Equal(Build(), Build());
    }

    [Fact]
    public void A_block_begins_as_its_shortcut()
    {
        using var network = Models.Create("tresnet_m");
        var state = network.state_dict();
        Assert.Equal(0, state["body.layer1.0.conv2.bn.weight"].abs().max().ToSingle());
        Assert.Equal(0, state["body.layer4.2.conv3.bn.weight"].abs().max().ToSingle());
        Assert.Equal(1, state["body.layer4.2.conv2.bn.weight"].min().ToSingle());
    }

    [Fact]
    public void A_name_that_is_not_there_brings_the_near_ones()
    {
        var error = Assert.Throws<TResNetException>(() => Models.Create("tresnet_q"));
        Assert.StartsWith(
            "There is no model 'tresnet_q': did you mean tresnet_",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Numbers_out_of_range_and_inputs_of_another_kind_get_one_sentence()
    {
        Assert.Equal(
            "tresnet_nano was asked for 0 classes: it takes at least 1.",
            Assert.Throws<TResNetException>(() => Models.Create("tresnet_nano", 0)).Message
        );
        Assert.Equal(
            "tresnet_nano was asked for 0 input channels: it takes at least 1.",
            Assert.Throws<TResNetException>(() => Models.Create("tresnet_nano", 10, 0)).Message
        );
        using var network = Models.Create("tresnet_nano", 10);
        Assert.Equal(
            "tresnet_nano takes images [N, 3, H, W] and got [1, 1, 32, 32].",
            Assert.Throws<TResNetException>(() => network.call(zeros(1, 1, 32, 32))).Message
        );
        Assert.Equal(
            "The input is 33x33 pixels, and tresnet_nano takes sides that are multiples of 2: use 34.",
            Assert.Throws<TResNetException>(() => network.call(zeros(1, 3, 33, 33))).Message
        );
    }
}
