using System.Text.RegularExpressions;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Tables;

/// <summary>
/// The one style sheet of everything that the extension shows. It takes the page's text colour and draws lines as a trace of it, so light and
/// dark themes, Jupyter's among them, need no cases.
/// </summary>
internal static partial class Style
{
    private const string Sheet = """
        .tresnet{line-height:1.45;font-variant-numeric:tabular-nums;margin:.25em 0}
        .tresnet p{margin:0 0 .5em}
        .tresnet .tresnet-unstyled{display:none}
        .tresnet .tresnet-title{font-weight:600;font-size:1.08em}
        .tresnet .tresnet-note{opacity:.7;font-size:.88em;margin:.5em 0 0}
        .tresnet p a{color:inherit;text-underline-offset:.15em}
        .tresnet .tresnet-sub{opacity:.7;font-weight:400}
        .tresnet .tresnet-scroll{overflow-x:auto}
        .tresnet table.tresnet-table{border-collapse:collapse;border:0;margin:0;font-size:.93em;width:auto;table-layout:auto}
        .tresnet table.tresnet-table tr{background:none;border:0}
        .tresnet table.tresnet-table tbody tr:hover{background:rgba(128,136,148,.12)}
        .tresnet table.tresnet-table th,.tresnet table.tresnet-table td{padding:.28em .9em .28em 0;border:0;border-bottom:1px solid rgba(128,136,148,.22);text-align:left;vertical-align:baseline;white-space:normal;max-width:none;color:inherit;background:none}
        .tresnet table.tresnet-table th{font-weight:600;vertical-align:bottom;border-bottom:1px solid rgba(128,136,148,.6)}
        .tresnet table.tresnet-table thead td{border-bottom:1px solid rgba(128,136,148,.6)}
        .tresnet table.tresnet-table tfoot td{font-weight:600;border-bottom:0;border-top:1px solid rgba(128,136,148,.6)}
        .tresnet table.tresnet-table .tresnet-number{text-align:right}
        .tresnet table.tresnet-table .tresnet-breaks{min-width:9.5em}
        .tresnet table.tresnet-wide{font-size:.84em}
        .tresnet table.tresnet-wide th,.tresnet table.tresnet-wide td{padding-right:.85em}
        .tresnet table.tresnet-table td.tresnet-number{white-space:nowrap}
        .tresnet table.tresnet-table .tresnet-marked{padding-right:1.9em}
        .tresnet table.tresnet-table sup{position:absolute;font-size:.68em;line-height:1.6;margin-left:.2em;vertical-align:baseline;opacity:.7}
        .tresnet table.tresnet-table .tresnet-aside{display:block;font-size:.86em;opacity:.7}
        .tresnet table.tresnet-table a{color:inherit;text-decoration:underline;text-decoration-color:rgba(128,136,148,.6);text-underline-offset:.15em}
        .tresnet table.tresnet-table a:hover{text-decoration-color:currentColor}
        .tresnet table.tresnet-table th button{position:relative;font:inherit;text-align:inherit;color:inherit;background:none;border:0;margin:0;padding:0;cursor:pointer}
        .tresnet table.tresnet-table th button::after{content:"\25BE";position:absolute;left:100%;margin-left:.15em;font-weight:400;opacity:.3}
        .tresnet table.tresnet-table th button:hover::after{opacity:.7}
        .tresnet table.tresnet-table th[aria-sort] button::after{opacity:1}
        .tresnet table.tresnet-table th[aria-sort=ascending] button::after{content:"\25B4"}
        .tresnet table.tresnet-table th button:focus-visible{outline:2px solid #1a7fc4;outline-offset:2px;border-radius:2px}
        .tresnet .tresnet-rest>summary{display:list-item;cursor:pointer;padding:.45em 0;font-size:.93em}
        @media print{.tresnet table.tresnet-table th button{display:contents}}
        @media print{.tresnet table.tresnet-table th button::after{content:none}}
        .tresnet-tree{font-size:.93em;overflow-x:auto}
        .tresnet-tree .tresnet-row{display:grid;grid-template-columns:minmax(12em,2fr) minmax(8em,1.1fr) minmax(8.5em,1fr) 7.5em 8.5em;gap:0 1em;padding:.18em 0;border-bottom:1px solid rgba(128,136,148,.18);align-items:baseline}
        .tresnet-tree .tresnet-row>*{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .tresnet-tree summary{cursor:pointer;list-style:none}
        .tresnet-tree summary::-webkit-details-marker{display:none}
        .tresnet-tree summary .tresnet-name::before{content:"\25B8";display:inline-block;width:1.1em;opacity:.6}
        .tresnet-tree details[open]>summary .tresnet-name::before{content:"\25BE"}
        .tresnet-tree .tresnet-leaf .tresnet-name::before{content:"";display:inline-block;width:1.1em}
        .tresnet-tree .tresnet-row:hover{background:rgba(128,136,148,.12)}
        .tresnet-tree .tresnet-head{font-weight:600;border-bottom:1px solid rgba(128,136,148,.6)}
        .tresnet-tree .tresnet-head .tresnet-name::before{content:none}
        .tresnet-tree .tresnet-total{font-weight:600;border-bottom:0;border-top:1px solid rgba(128,136,148,.6)}
        .tresnet-tree .tresnet-number{text-align:right}
        .tresnet-tree .tresnet-share{background:linear-gradient(90deg,rgba(26,127,196,.28) var(--share),transparent 0);border-radius:2px;padding-right:.3em}
        @media screen and (max-width:40rem){.tresnet-tree .tresnet-row{font-size:.86em;grid-template-columns:minmax(6em,1fr) 7.6em 6em 5.6em;gap:0 .4em}.tresnet-tree .tresnet-name{grid-column:1/-1}.tresnet-tree .tresnet-row>*{white-space:normal;overflow-wrap:anywhere}}
        @media print{.tresnet-tree .tresnet-row>*{white-space:normal;overflow-wrap:anywhere}}
        .tresnet-bar{height:4px;border-radius:2px;background:rgba(128,136,148,.25);margin:.1em 0 .6em;max-width:760px;overflow:hidden}
        .tresnet-bar>div{height:100%;background:#1a7fc4;border-radius:2px}
        .tresnet-card{box-sizing:border-box;max-width:794px;border:1px solid rgba(128,136,148,.35);border-radius:8px;padding:.8em 1em}
        .tresnet-cardhead{display:flex;justify-content:space-between;align-items:baseline;gap:1em}
        .tresnet .tresnet-cardhead p{margin:0;overflow-wrap:anywhere}
        .tresnet .tresnet-cardsub{margin:0 0 .45em;opacity:.7;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .tresnet-card .tresnet-running{--state:#1a7fc4}
        .tresnet-card .tresnet-evaluating{--state:#7d6fd0}
        .tresnet-card .tresnet-finished{--state:#079472}
        .tresnet-card .tresnet-interrupted{--state:#d9630c}
        .tresnet-card .tresnet-failed{--state:#d64545}
        .tresnet-state{white-space:nowrap;font-size:.93em}
        .tresnet-state::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;background:var(--state);margin-right:.45em}
        .tresnet-card .tresnet-bar{max-width:none}
        .tresnet-card .tresnet-bar>div{background:var(--state)}
        .tresnet dl.tresnet-numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.2em,1fr));gap:.5em .6em;margin:.2em 0 .6em;padding:0}
        .tresnet .tresnet-numbers dt{font-size:.8em;font-weight:400;opacity:.7;margin:0;padding:0;float:none;width:auto;text-align:left;white-space:nowrap}
        .tresnet .tresnet-numbers dd{font-size:1.14em;font-weight:600;margin:0;padding:0;white-space:nowrap}
        .tresnet .tresnet-numbers dd.tresnet-alarm{width:max-content;border-bottom:2px solid #d9630c}
        .tresnet-card .tresnet-figure>svg,.tresnet-card .tresnet-figure>img{display:block;margin:0}
        .tresnet-card>.tresnet-scroll~p{margin:.6em 0 0}
        .tresnet table.tresnet-table tr.tresnet-emphasis td{background:rgba(7,148,114,.16)}
        .tresnet-images{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,max(7.5em,var(--wide))),1fr));gap:12px;max-width:52em}
        .tresnet-images table,.tresnet-images tbody,.tresnet-images tr{display:contents}
        .tresnet-images td.tresnet-image{display:block;margin:0;padding:0;border:0;background:none;text-align:center;font-size:.85em;line-height:1.3;overflow-wrap:anywhere}
        .tresnet-images img{display:block;image-rendering:pixelated;border-radius:3px;margin:0 auto .3em;max-width:100%;height:auto;outline:1px solid rgba(128,136,148,.3)}
        .tresnet-thumbnail{display:inline-block;vertical-align:middle;border-radius:3px;margin:0 .7em 0 0;max-width:none}
        .tresnet-beside{display:flex;flex-wrap:wrap;gap:1.5em 2.5em;align-items:flex-start}
        .tresnet-beside>div{flex:1 1 46em;min-width:0}
        .tresnet-beside>div:has(>.tresnet-diagram){flex:1 1 31em}
        .tresnet-diagram{display:flex;flex-wrap:wrap;gap:20px 28px;align-items:flex-start}
        .tresnet-diagram svg,.tresnet-diagram .tresnet-picture{display:block;margin:0}
        .tresnet-blocks{flex:1 1 200px;display:flex;flex-wrap:wrap;gap:20px;align-items:flex-start;min-width:0}
        .tresnet pre.tresnet-values{margin:.4em 0 0;padding:0;background:none;border:0;color:inherit;font-size:.9em;line-height:1.4;overflow-x:auto}
        @media screen and (max-width:40rem){.tresnet .tresnet-cardsub{white-space:normal}}
        """;

    private static readonly (string Text, string[][] Selectors)[] Rules =
    [
        .. Sheet
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(rule =>
                (rule, SelectorsOf(rule[(rule.StartsWith('@') ? rule.IndexOf('{') + 1 : 0)..].Split('{')[0]))
            ),
    ];

    /// <summary>
    /// Puts HTML into a block that carries those rules of the style sheet that something in it is meant by, and the scripts that it asks for. Front
    /// ends drop both from what they do not trust, so the HTML has to read well without them.
    /// </summary>
    public static string Wrap(string html)
    {
        var rules = Rules.Where(rule => rule.Selectors.Any(classes => classes.All(html.Contains)));
        var scripts = (Picture.IsIn(html) ? Picture.Script : "") + (Sorting.IsIn(html) ? Sorting.Buttons : "");
        return $"<div class=\"tresnet\"><style>{string.Concat(rules.Select(rule => rule.Text))}</style>{html}{scripts}</div>";
    }

    // The classes that an element and those around it need for a rule, the block's own left out.
    private static string[][] SelectorsOf(string list) =>
        [.. list.Split(',').Select(selector => ClassName().Matches(selector).Select(match => match.Value).ToArray())];

    [GeneratedRegex("tresnet-[a-z]+")]
    private static partial Regex ClassName();
}
