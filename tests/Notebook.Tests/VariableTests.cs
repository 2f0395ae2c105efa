namespace Notebook.Tests;

public sealed class VariableTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task A_value_from_outside_has_its_own_type_in_cells()
    {
        cells.Host.SetVariable(
            "table",
            new Dictionary<string, List<int[]?>>
            {
                ["a"] =
                [
                    [1, 2],
                ],
            }
        );
        cells.Host.SetVariable("pair", (Name: "x", Count: (int?)3));
        Assert.Equal("result: 5", await cells.Run("table[\"a\"][0].Sum() + pair.Item2!.Value - 1"));
    }

    [Fact]
    public async Task A_cell_may_assign_to_it_and_outside_sees_the_new_value()
    {
        cells.Host.SetVariable("rate", 0.5);
        await cells.Run("rate *= 3;");
        Assert.True(cells.Host.TryGetVariable("rate", out var rate));
        Assert.Equal(1.5, rate);
    }

    [Fact]
    public async Task A_second_value_replaces_the_first_even_of_another_type()
    {
        cells.Host.SetVariable("model", "text");
        await cells.Run("int Length() => model.Length;");
        cells.Host.SetVariable("model", "longer text");
        Assert.Equal("result: 11", await cells.Run("Length()"));
        cells.Host.SetVariable("model", 12.5m);
        Assert.Equal("result: 13.5", await cells.Run("model + 1"));
    }

    [Fact]
    public async Task A_value_of_a_hidden_type_is_seen_as_its_first_public_base()
    {
        cells.Host.SetVariable("hidden", new HiddenReader());
        cells.Host.SetVariable("numbers", Enumerable.Range(1, 3).Where(x => x > 1));
        Assert.Equal(
            "result: StringReader 5",
            await cells.Run("string TypeOf<T>(T value) => typeof(T).Name; $\"{TypeOf(hidden)} {numbers.Sum()}\"")
        );
    }

    [Fact]
    public async Task A_value_of_a_cells_own_type_goes_out_and_in_again()
    {
        await cells.Run("record Own(int X); var one = new Own(1);");
        Assert.True(cells.Host.TryGetVariable("one", out var one));
        cells.Host.SetVariable("again", one);
        Assert.Equal("result: 1", await cells.Run("Own typed = again; typed.X"));
    }

    [Fact]
    public async Task Names_are_listed_in_order_of_creation()
    {
        await cells.Run("var b = 1; var a = 2;");
        cells.Host.SetVariable("c", 3);
        Assert.Equal(["b", "a", "c"], cells.Host.VariableNames);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("1st")]
    [InlineData("class")]
    [InlineData("")]
    public void A_name_that_is_no_identifier_gives_one_sentence(string name) =>
        Assert.Equal(
            $"'{name}' cannot name a variable: use letters, digits and underscores, not starting with a digit, and no C# keyword.",
            Assert.Throws<CommandException>(() => cells.Host.SetVariable(name, 1)).Message
        );

    [Fact]
    public async Task An_assembly_of_the_host_is_the_same_assembly_in_cells()
    {
        cells.Host.AddReference(typeof(SampleChart).Assembly, "Notebook.Tests", "static Notebook.Tests.SampleCharts");
        await cells.Run("var chart = Chart(\"loss\", 2);");
        Assert.True(cells.Host.TryGetVariable("chart", out var chart));
        Assert.IsType<SampleChart>(chart);
    }

    private sealed class HiddenReader : StringReader
    {
        public HiddenReader()
            : base("") { }
    }
}
