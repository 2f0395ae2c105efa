using static TorchSharp.torch;

namespace TResNet.Interactive.Tests;

public sealed class TimingTests
{
    [Fact]
    public void Works_take_turns_and_every_other_round_goes_back()
    {
        var order = new List<string>();
        Func<Tensor> Work(string name) =>
            () =>
            {
                order.Add(name);
                return zeros(1);
            };

        var times = Timing.InTurns(3, ("a", Work("a")), ("b", Work("b")));

        // Each once untimed, then three rounds.
        Assert.Equal("ab ab ba ab", string.Join(' ', order.Chunk(2).Select(pair => string.Concat(pair))));
        Assert.Equal(["a", "b"], times.Select(each => each.Name));
        Assert.All(times, each => Assert.True(each.Value > 0, $"{each.Name} took {each.Value} ms."));
    }

    [Fact]
    public void What_a_work_makes_is_disposed()
    {
        Tensor? made = null;

        Timing.InTurns(1, ("a", () => made = zeros(1)));

        Assert.True(made!.IsInvalid);
    }

    [Fact]
    public void Nothing_to_time_is_refused()
    {
        Assert.StartsWith("There are 0 works", Assert.Throws<TResNetException>(() => Timing.InTurns(3)).Message);
        var refused = Assert.Throws<TResNetException>(() => Timing.InTurns(0, ("a", () => zeros(1))));
        Assert.Equal("There are 1 works to time in 0 rounds; each has to be at least 1.", refused.Message);
    }

    [Fact]
    public void The_machine_is_named_with_its_threads() =>
        Assert.Matches($", {get_num_threads()} threads?$", Timing.Machine);
}
