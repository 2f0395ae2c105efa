using System.Text.Json;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Formatting;

public sealed class SortingTests
{
    [Fact]
    public void Another_table_has_neither_buttons_nor_a_script()
    {
        Assert.DoesNotContain("<script", (Letters with { Sortable = false }).ToHtml());
        Assert.DoesNotContain("onclick", (Letters with { Sortable = false }).ToHtml());
    }

    [FactIfChromium]
    public void Every_header_of_a_sortable_table_is_a_button_where_scripts_run()
    {
        var said = Chromium.TextOf(
            $"""
            {Letters.ToHtml()}{Letters.ToHtml()}<pre id="said"></pre>
            <script>
            addEventListener("load", function () {"{"}
              document.querySelector("button").click();
              var heads = Array.from(document.querySelectorAll("th > button:only-child"), function (each) {"{"} return each.textContent; {"}"});
              document.getElementById("said").textContent = heads.join() + " " + document.querySelector("th").ariaSort;
            {"}"});
            </script>
            """
        );

        Assert.Contains("letter,count,letter,count ascending", said);
    }

    [FactIfChromium]
    public void A_click_on_a_header_sorts_its_own_table_alone()
    {
        // Jupyter builds outputs with innerHTML, which runs no script element.
        var html = JsonSerializer.Serialize(Letters.ToHtml() + Letters.ToHtml());
        var said = Chromium.TextOf(
            $$"""
            <div id="cell"></div><pre id="said"></pre>
            <script>
            document.getElementById("cell").innerHTML = {{html}};
            var tables = document.querySelectorAll("table"), said = document.getElementById("said");
            function order(table) {
              var rows = Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[0].textContent; });
              var heads = Array.from(table.tHead.rows[0].cells).map(function (cell) { return cell.ariaSort || "none"; });
              return rows.join("") + " " + heads.join(" ");
            }
            function click(table, column) {
              tables[table].querySelectorAll("th")[column].click();
              said.textContent += column + ": " + order(tables[0]) + " | " + order(tables[1]) + ";";
            }
            click(0, 1); click(0, 1); click(0, 0); click(0, 0); click(1, 0);
            </script>
            """
        );

        const string Untouched = "bdace none none";
        Assert.Contains(
            // The largest first, then the smallest; the unknown last; of equal rows the first stays first.
            $"1: dbeac none descending | {Untouched};1: abedc none ascending | {Untouched};"
                + $"0: abcde ascending none | {Untouched};0: edcba descending none | {Untouched};"
                + "0: edcba descending none | abcde ascending none;",
            said
        );
    }

    private static Table Letters { get; } =
        new()
        {
            Columns = [new("letter"), new("count", true)],
            Rows =
            [
                ["b", new Cell("1.0k") { Number = 1000 }],
                ["d", new Cell("1.0M") { Number = 1e6 }],
                ["a", new Cell("2") { Number = 2 }],
                ["c", Cell.Unknown],
                ["e", new Cell("1.0k") { Number = 1000 }],
            ],
            Footer = ["all", "much"],
            Sortable = true,
        };
}
