// Tables that sort themselves, by the "sortable table" pattern of the WAI-ARIA practices: a button in each header, aria-sort on its cell.
using System.Net;

namespace TResNet.Interactive.Tables;

/// <summary>
/// The script of a sortable table. It is an event handler of the table's own head, so it needs neither an id nor a place in the page: it works
/// for each of several tables, where the page is built by <c>innerHTML</c> as Jupyter does, and after the page was saved and opened again.
/// </summary>
internal static class Sorting
{
    // Numbers begin with the largest, names with A; what is unknown comes last both ways. Rows that are equal keep their order.
    private const string Script = """
        var head=event.target.closest('th');
        if(head){
        var body=this.parentNode.tBodies[0],column=head.cellIndex,
        numbers=head.classList.contains('tresnet-number'),was=head.getAttribute('aria-sort'),
        sign=(was?was==='ascending':numbers)?-1:1,
        blank=function(text){return text===''||text==='–';},
        key=function(row){var cell=row.cells[column],text=cell.getAttribute('data-sort')||cell.textContent;return numbers?parseFloat(text):text;};
        Array.from(head.parentNode.cells).forEach(function(cell){cell.removeAttribute('aria-sort');});
        head.setAttribute('aria-sort',sign>0?'ascending':'descending');
        Array.from(body.rows).sort(function(a,b){
        var x=key(a),y=key(b);
        return numbers?(isNaN(x)-isNaN(y)||(isNaN(x)?0:sign*(x-y))):(blank(x)-blank(y)||sign*x.localeCompare(y,'en',{numeric:true}));
        }).forEach(function(row){body.appendChild(row);});
        }
        """;

    /// <summary>The value of the head's <c>onclick</c>.</summary>
    public static string Handler { get; } = WebUtility.HtmlEncode(Script.ReplaceLineEndings(""));

    /// <summary>
    /// Makes each header a button, which the keyboard reaches too. It is a script, so that no button stands where nothing would answer it: front ends
    /// drop scripts and handlers from what they do not trust, but keep buttons.
    /// </summary>
    public const string Buttons = """
        <script>
        (function () {
          function upgrade() {
            document.querySelectorAll("table.tresnet-table > thead[onclick] th").forEach(function (head) {
              if (head.querySelector("button")) return;
              var button = document.createElement("button");
              button.type = "button";
              button.append.apply(button, Array.from(head.childNodes));
              head.append(button);
            });
          }
          if (document.readyState === "complete") setTimeout(upgrade);
          else addEventListener("load", upgrade);
        })();
        </script>
        """;

    /// <summary>Whether HTML holds a sortable table, and so needs <see cref="Buttons"/>.</summary>
    public static bool IsIn(string html) => html.Contains("<thead onclick=", StringComparison.Ordinal);
}
