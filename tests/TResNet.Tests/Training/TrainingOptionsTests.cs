using TResNet.Training;

namespace TResNet.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Equal(new TrainingOptions(), new TrainingOptions().Validate());

    [Fact]
    public void A_batch_size_of_zero_gives_one_sentence() =>
        Assert.Equal(
            "The batch size is 0, but it has to be from 2 to 65,536 images; choose a value in that range.",
            Refused(new TrainingOptions { BatchSize = 0 })
        );

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_learning_rate_that_is_none_gives_one_sentence(double rate) =>
        Assert.StartsWith("The learning rate is ", Refused(new TrainingOptions { LearningRate = rate }));

    [Fact]
    public void Every_option_is_checked()
    {
        Assert.StartsWith("The number of epochs is 0", Refused(new TrainingOptions { Epochs = 0 }));
        Assert.StartsWith("The warm-up share is 1", Refused(new TrainingOptions { WarmUp = 1 }));
        Assert.StartsWith("The momentum is 1", Refused(new TrainingOptions { Momentum = 1 }));
        Assert.StartsWith("The weight decay is -1", Refused(new TrainingOptions { WeightDecay = -1 }));
        Assert.StartsWith("The label smoothing is 1", Refused(new TrainingOptions { LabelSmoothing = 1 }));
        Assert.StartsWith("The shift is -1", Refused(new TrainingOptions { Shift = -1 }));
        Assert.StartsWith("The evaluation batch size is 0", Refused(new TrainingOptions { EvaluationBatchSize = 0 }));
    }

    private static string Refused(TrainingOptions options) =>
        Assert.Throws<TResNetException>(() => options.Validate()).Message;
}
