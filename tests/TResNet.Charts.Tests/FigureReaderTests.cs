using System.Text.Json.Nodes;
using System.Xml.Linq;
using TResNet.Charts.Svg;

namespace TResNet.Charts.Tests;

/// <summary>Figures that were made elsewhere.</summary>
public sealed class FigureReaderTests
{
    [Theory]
    [MemberData(nameof(FigureTests.Names), MemberType = typeof(FigureTests))]
    public void A_figure_of_ours_comes_back_as_it_was(string name)
    {
        var json = Gallery.All[name].ToJson();
        var read = Figure.FromJson(json);

        Same(json, read.ToJson());
        Assert.Equal(Gallery.All[name].ToSvg(), read.ToSvg());
    }

    [Theory]
    // What no property knows, at each level.
    [InlineData(
        """{"data":[{"type":"scatter","x":[1,2],"y":[3,4],"mode":"lines","stackgroup":"one","line":{"shape":"spline","simplify":false},"marker":{"color":[1,2],"colorscale":"Viridis"}}],"layout":{"barmode":"stack","scene":{"camera":{"eye":{"x":1.25}}},"xaxis":{"rangeslider":{"visible":true}},"xaxis4":{"domain":[0,1]}},"frames":[]}"""
    )]
    // What a property of that name cannot hold.
    [InlineData(
        """{"data":[{"type":"bar","x":[[1,2],[3,4]],"y":{"dtype":"f8","bdata":"AAAA"},"text":"one for all","textposition":"auto","marker":{"color":["red","blue"],"symbol":"x-open-dot"}}],"layout":{"title":"plain text","xaxis":{"title":"time","automargin":"height+width","range":["2024-01-01","2024-02-01"],"type":"date"},"width":600.5,"annotations":[{"text":"a","x":"Monday","y":3,"showarrow":true,"ax":0}]}}"""
    )]
    // What lacks what the record must have.
    [InlineData(
        """{"data":[{"type":"heatmap","colorscale":"Viridis"}],"layout":{"title":{"x":0.05},"annotations":[{"x":1}]}}"""
    )]
    // Gaps, nothing, null, other kinds, no defaults of ours.
    [InlineData(
        """{"data":[{"type":"scatter","y":[1,null,3],"mode":"none"},{"type":"pie","labels":["a"],"values":[1],"name":"p"},{"type":"heatmap","z":[[1,null],[null,2]]}],"layout":{"title":null,"showlegend":null}}"""
    )]
    [InlineData("""{"data":[],"layout":{},"config":{"responsive":true,"toImageButtonOptions":{"format":"svg"}}}""")]
    [InlineData(
        """{"data":[{"type":"scatter","y":[1,2],"error_y":{"type":"percent","value":10},"error_x":{"type":"data","array":[1,2],"symmetric":true}}],"layout":{"template":{"layout":{"colorway":["#123456"]},"data":{"scatter":[{"type":"scatter","mode":"markers"}]}}}}"""
    )]
    public void What_was_made_elsewhere_is_written_as_it_was_read(string json)
    {
        var figure = Figure.FromJson(json);

        Same(json, figure.ToJson());
        XDocument.Parse(figure.ToSvg());
        Assert.DoesNotContain("NaN", figure.ToSvg());
    }

    [Fact]
    public void What_is_known_is_read_into_its_property_and_can_be_changed()
    {
        var figure = Figure.FromJson(
            """{"data":[{"type":"scatter","name":"loss","x":["a","b"],"y":[1,2.5],"mode":"lines+markers+text","line":{"dash":"dot","shape":"spline"}}],"layout":{"title":{"text":"Loss"},"yaxis":{"type":"log","range":[0,1]},"height":500}}"""
        );
        var scatter = Assert.IsType<Scatter>(Assert.Single(figure.Data));

        Assert.Equal(["a", "b"], scatter.X!.Labels!);
        Assert.Equal([1, 2.5], scatter.Y!.Numbers!);
        Assert.Equal(ScatterMode.LinesMarkersText, scatter.Mode);
        Assert.Equal(Dash.Dot, scatter.Line!.Dash);
        Assert.Equal("spline", scatter.Line.OtherAttributes!["shape"].GetString());
        Assert.Equal(
            ("Loss", AxisType.Log, 500),
            (figure.Layout.Title!.Text, figure.Layout.YAxis!.Type, figure.Layout.Height)
        );
        Assert.Null(figure.Layout.XAxis);

        var changed = figure with { Data = [scatter with { Name = "cost", Line = scatter.Line with { Width = 3 } }] };
        var line = JsonNode.Parse(changed.ToJson())!["data"]![0]!;
        Assert.Equal(
            ("cost", "spline", 3),
            ((string?)line["name"], (string?)line["line"]!["shape"], (int)line["line"]!["width"]!)
        );
    }

    [Theory]
    [InlineData("""{"data":[{"type":"heatmap","z":[[1,2]],"colorscale":[[0,"red"],[1,"#f00"]]}]}""", "<rect")]
    [InlineData("""{"data":[{"type":"heatmap","x":[10,20,30],"y":[1,2],"z":[[1,2,3],[4,5,6]]}]}""", ">20</text>")]
    [InlineData(
        """{"data":[{"type":"heatmap","z":[[1,2],[3]],"text":[["a",null]],"texttemplate":"%{text}"}]}""",
        ">a</text>"
    )]
    [InlineData("""{"data":[{"type":"heatmap","z":[1,2,3],"x":[1,2,3],"y":[1,1,1]}]}""", "heatmap: drawn by plotly.js")]
    [InlineData(
        """{"data":[{"type":"bar","x":[2020,2021],"y":[1,2]}],"layout":{"xaxis":{"type":"category"}}}""",
        ">2021</text>"
    )]
    [InlineData("""{"data":[{"type":"bar","y":[-1,2]}],"layout":{"yaxis":{"type":"log"}}}""", "<path")]
    [InlineData(
        """{"data":[{"type":"bar","x":["a","b"],"y":[0,0]}],"layout":{"yaxis":{"range":[0,0]}}}""",
        ">b</text>"
    )]
    [InlineData("""{"data":[{"type":"bar","y":[1,2,3],"error_y":{"type":"data","array":[0.1]}}]}""", "<path")]
    [InlineData(
        """{"data":[{"y":[1,2,3],"mode":"markers+text","marker":{"size":[4]},"text":["p"],"textposition":["top center"]}]}""",
        ">p</text>"
    )]
    [InlineData("""{"data":[{"x":["a",null],"y":[1,2]}]}""", ">scatter: drawn by plotly.js")]
    [InlineData("""{"data":[{"x":[1,2,3],"y":{"dtype":"f8","bdata":"AAAA"}}]}""", ">scatter: drawn by plotly.js")]
    [InlineData("""{"data":[{"y":[1,2],"visible":"legendonly"},{"y":[3,4]}]}""", "<circle")]
    [InlineData(
        """{"data":[{"x":[0,4],"y":[0,10]}],"layout":{"annotations":[{"x":2,"y":5,"text":"middle"},{"x":"Monday","y":1,"text":"gone"}]}}""",
        ">middle</text>"
    )]
    public void A_picture_of_whatever_there_is_is_drawn(string json, string part)
    {
        var svg = Figure.FromJson(json).ToSvg();

        XDocument.Parse(svg);
        Assert.Contains(part, svg);
        Assert.DoesNotContain("NaN", svg);
        Assert.DoesNotContain("∞", svg);
        Assert.DoesNotContain("gone", svg);
    }

    [Theory]
    [InlineData("""{"data":[],"data":[]}""", "this text is none (")]
    [InlineData("not json", "this text is none (")]
    [InlineData("[1]", "this JSON is none.")]
    [InlineData("""{"data":5}""", "\"data\" is an array of traces")]
    [InlineData("""{"data":[1]}""", "\"data\" is an array of traces")]
    [InlineData("""{"data":[],"layout":"x"}""", "its \"layout\" an object.")]
    public void What_is_no_figure_is_refused_in_one_sentence(string json, string reason)
    {
        var message = Assert.Throws<FormatException>(() => Figure.FromJson(json)).Message;

        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_picture_takes_the_templates_colours_and_plotlys_places()
    {
        var figure = Figure.FromJson(
            """{"data":[{"y":[1,2]},{"type":"bar","y":[3],"xaxis":"x2","yaxis":"y2"}],"layout":{"xaxis":{},"grid":{"rows":1,"columns":2,"pattern":"independent"},"template":{"layout":{"colorway":["#123456","#654321"]}}}}"""
        );
        var drawn = StaticFigure.Of(figure);

        Assert.Contains("#123456", figure.ToSvg());
        Assert.Contains("#654321", figure.ToSvg());
        // plotly: a column's span is (1 - gap) / (columns - gap), and the gap of independent axes 0.2.
        Assert.Equal([0, 0.8 / 1.8], drawn.AxisOf("x").Domain!);
        Assert.Equal([Math.Round(1 / 1.8, 12), 1], drawn.AxisOf("x2").Domain!.Select(at => Math.Round(at, 12)));
        Assert.Equal(ScatterMode.LinesMarkers, Assert.IsType<Scatter>(drawn.Figure.Data[0]).Mode);
    }

    [Theory]
    [InlineData("""{"data":[{"type":"pie","values":[1,2]}]}""", "pie: drawn by plotly.js, where scripts run")]
    [InlineData(
        """{"data":[{"y":[1]},{"type":"box","y":[1]}]}""",
        "Without box: drawn by plotly.js, where scripts run"
    )]
    [InlineData(
        """{"data":[{"type":"bar","y":[1]},{"type":"bar","y":[1]}],"layout":{"barmode":"stack"}}""",
        "stacked bar: drawn by plotly.js, where scripts run"
    )]
    public void A_picture_says_what_is_not_in_it(string json, string note) =>
        Assert.Contains(note, Figure.FromJson(json).ToSvg());

    private static void Same(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{expected}\n{actual}");
}
