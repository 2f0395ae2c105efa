using System.CommandLine;

namespace Notebook.Tests;

/// <summary>Lists in one word of a magic or a command.</summary>
public sealed class MagicWordsTests
{
    [Theory]
    [InlineData("""--names ["a", "b c"]""", "a|b c")]
    [InlineData("""--names ["a"] --names ["b","c"]""", "a|b|c")]
    [InlineData("""--names=["a","b"]""", "a|b")]
    [InlineData("""--names a ["b","c"] d""", "a|b|c|d")]
    [InlineData("--names [a]", "[a]")]
    [InlineData("--names a,b", "a,b")]
    [InlineData("--names 1,2", "1,2")]
    [InlineData("""--sets ["a=1","b=2"]""", "a=1|b=2")]
    [InlineData("""--sets a=1 --sets ["b=2","c=3"]""", "a=1|b=2|c=3")]
    [InlineData("--shares 0.5,1", "0.5|1")]
    [InlineData("--shares [0.5, 1]", "0.5|1")]
    [InlineData("--shares 1,2,3", "1|2|3")]
    [InlineData("--steps 2,3", "2|3")]
    [InlineData("""--once --names ["a","b"]""", "a|b")]
    [InlineData("""["a","b"]""", "a|b")]
    [InlineData("""--one x ["a","b"]""", "a|b")]
    public void A_list_is_its_values(string line, string expected)
    {
        var command = Command();

        var parsed = command.Parse(MagicWords.Expand(command, MagicWords.Split(line)));

        Assert.Empty(parsed.Errors);
        var values = command
            .Options.Where(option => option.Name is "--names" or "--sets")
            .SelectMany(option => parsed.GetValue((Option<string[]>)option) ?? [])
            .Concat(
                (parsed.GetValue<double[]>("--shares") ?? []).Select(value => FormattableString.Invariant($"{value}"))
            )
            .Concat((parsed.GetValue<int[]>("--steps") ?? []).Select(value => $"{value}"))
            .Concat(parsed.GetValue<string[]>("files") ?? []);
        Assert.Equal(expected, string.Join('|', values));
    }

    [Theory]
    [InlineData("--shares 0,5")]
    [InlineData("--steps 2,x")]
    public void What_is_no_list_is_left_to_the_parser(string line, string? one = null)
    {
        var command = Command();

        var words = MagicWords.Expand(command, MagicWords.Split(line));

        Assert.Equal(MagicWords.Split(line), words);
        if (one is not null)
        {
            Assert.Equal(one, command.Parse(words).GetValue<string>("--one"));
        }
    }

    [Fact]
    public void A_subcommands_options_are_found()
    {
        var root = new RootCommand { Command() };

        var parsed = root.Parse(MagicWords.Expand(root, ["act", "--steps", "2,3"]));

        Assert.Empty(parsed.Errors);
        Assert.Equal([2, 3], parsed.GetValue<int[]>("--steps")!);
    }

    [Fact]
    public void Sequences_of_texts_numbers_and_truth_values_are_lists()
    {
        Assert.Equal("""["a","b"]""", MagicWords.ListOf(new[] { "a", "b" }));
        Assert.Equal("""["0.5","1"]""", MagicWords.ListOf(new List<double> { 0.5, 1 }));
        Assert.Equal("""["true"]""", MagicWords.ListOf(new[] { true }));
        Assert.Null(MagicWords.ListOf("ab"));
        Assert.Null(MagicWords.ListOf(3));
        Assert.Null(MagicWords.ListOf(new object[] { new() }));
    }

    private static Command Command() =>
        new("act")
        {
            new Option<string[]>("--names") { AllowMultipleArgumentsPerToken = true },
            new Option<string[]>("--sets"),
            new Option<double[]>("--shares") { AllowMultipleArgumentsPerToken = true },
            new Option<int[]>("--steps") { AllowMultipleArgumentsPerToken = true },
            new Option<string>("--one"),
            new Option<bool>("--once"),
            new Argument<string[]>("files") { Arity = ArgumentArity.ZeroOrMore },
        };
}
