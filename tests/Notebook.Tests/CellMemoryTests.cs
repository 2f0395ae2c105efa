// What a cell leaves behind for the cells after it stays; the rest of it goes.
namespace Notebook.Tests;

public sealed class CellMemoryTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task Whatever_a_cell_declares_is_there_for_the_next_one()
    {
        await cells.Run("1 + 1");

        Assert.Equal("result: 7", await cells.Run("int.TryParse(\"7\", out var seven);", "seven"));
        Assert.Equal("result: 3", await cells.Run("var (one, two) = (1, 2);", "one + two"));
        Assert.Equal("result: 9", await cells.Run("if (\"nine\" is { Length: var four }) { four += 5; }", "four"));
        Assert.Equal("result: 5", await cells.Run("enum Tea { Black = 5 }", "(int)Tea.Black"));
        Assert.Equal("result: 6", await cells.Run("delegate int Sixth(); Sixth sixth = () => 6;", "sixth()"));
        Assert.Equal("result: 8", await cells.Run("using Eight = System.Int32;", "Eight.Parse(\"8\")"));
    }

    [Fact]
    public async Task A_cell_that_throws_leaves_what_it_had_declared() =>
        Assert.Equal(
            "result: 4",
            await cells.Run("var four = 4; throw new InvalidOperationException();", "1 + 1", "four")
        );

    [Fact]
    public async Task Cells_without_declarations_go()
    {
        var seen = new List<WeakReference>();
        cells.Host.SetVariable("seen", seen);
        await cells.Run("var total = 0;");
        for (var i = 0; i < 20; i++)
        {
            await cells.Run($"total += {i}; seen.Add(new WeakReference(new {{ total }}.GetType().Assembly));");
        }

        await cells.Run("class Lasting; seen.Add(new WeakReference(typeof(Lasting).Assembly));");
        for (var i = 0; i < 50 && seen.Count(each => each.IsAlive) > 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10);
        }

        // A thread may still hold the last one that ran.
        Assert.InRange(seen.Count(each => each.IsAlive), 1, 2);
        Assert.True(seen[^1].IsAlive);
        Assert.Equal("result: 190", await cells.Run("total"));
    }

    [Fact]
    public async Task What_such_a_cell_has_handed_on_works_for_as_long_as_it_is_held()
    {
        await cells.Run(
            "var later = new List<Func<int>>(); var factor = 2; int Twice(int x) => factor * x;",
            "foreach (var each in new[] { 1, 2 }) { later.Add(() => Twice(each) + new[] { 10, 20 }.Count(x => x > factor)); }",
            "factor = 3;"
        );
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal("result: 13", await cells.Run("later.Sum(each => each())"));
    }
}
