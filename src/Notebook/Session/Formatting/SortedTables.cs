using System.Net;
using System.Text.RegularExpressions;

namespace Notebook.Session.Formatting;

/// <summary>
/// The tables that Microsoft.DotNet.Interactive.Formatting makes of sequences, with a head that sorts. The script is the head's own handler: it works
/// where pages are built by <c>innerHTML</c>, as Jupyter's are, and in files that were saved.
/// </summary>
internal static partial class SortedTables
{
    private const string Script = """
        var head=event.target.closest('th,td');
        if(head){
        var body=this.parentNode.tBodies[0],column=head.cellIndex,up=head.getAttribute('aria-sort')!=='ascending',
        key=function(row){return (row.cells[column]||row).textContent.trim();},
        number=function(text){return text===''?NaN:Number(text.replace(/,/g,''));};
        Array.from(head.parentNode.cells).forEach(function(cell){cell.removeAttribute('aria-sort');});
        head.setAttribute('aria-sort',up?'ascending':'descending');
        Array.from(body.rows).sort(function(a,b){
        var x=key(a),y=key(b),m=number(x),n=number(y),both=!isNaN(m)&&!isNaN(n);
        return (up?1:-1)*(both?m-n:x.localeCompare(y,'en',{numeric:true}));
        }).forEach(function(row){body.appendChild(row);});
        }
        """;

    private static readonly string Head =
        $"$1<thead style=\"cursor:pointer\" title=\"Click to sort\" onclick=\"{WebUtility.HtmlEncode(Script.ReplaceLineEndings("")).Replace("$", "$$")}\"";

    /// <summary>HTML with its outermost table sortable; one that sorts already is left alone.</summary>
    public static string In(string html) =>
        html.Contains("<thead>", StringComparison.Ordinal) ? PlainHead().Replace(html, Head, 1) : html;

    [GeneratedRegex("(<table>)<thead(?=><tr><th)")]
    private static partial Regex PlainHead();
}
