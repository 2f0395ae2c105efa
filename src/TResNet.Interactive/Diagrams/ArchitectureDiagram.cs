using TResNet.Architectures;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Diagrams;

/// <summary>
/// A network as a block diagram: its stem, stages and head from top to bottom with the maps between them, and the inside of each kind of
/// block. It is drawn from the architecture, so a variant shows what was switched without being built.
/// </summary>
/// <param name="Architecture">The network.</param>
/// <param name="InputSize">The side of its images in pixels; what it is meant for where it is null.</param>
/// <param name="InChans">Channels of its images.</param>
/// <param name="NumClasses">Length of its output.</param>
public sealed record ArchitectureDiagram(
    Architecture Architecture,
    int? InputSize = null,
    int InChans = 3,
    int NumClasses = 1000
) : IViewPart
{
    bool IViewPart.IsPicture => true;

    private const double Gap = 28;
    private const double Margin = 12;

    private Sketch Sketch
    {
        get
        {
            var image = new MapShape(InChans, InputSize ?? Architecture.Info.InputSize);
            return Architecture switch
            {
                StagedArchitecture staged => new StagedSketch(staged, image, NumClasses).Make(),
                InvertedArchitecture inverted => new InvertedSketch(inverted, image, NumClasses).Make(),
                _ => throw new TResNetException($"There is no diagram of {Architecture}."),
            };
        }
    }

    /// <summary>The diagram as one picture that follows the system's light or dark scheme where it stands alone.</summary>
    public string ToSvg()
    {
        var (column, blocks) = Pieces();
        return DiagramPart.Row($"{Architecture} as a block diagram", [column, .. blocks], Gap, Margin).ToSvg();
    }

    /// <summary>The diagram as HTML, whose parts stand beside or below each other as the page has room.</summary>
    public string ToHtml() => Style.Wrap(ToInnerHtml());

    /// <summary>The column as a table of text.</summary>
    public override string ToString()
    {
        var sketch = Sketch;
        return new Table
        {
            Columns = [new("layers"), new("where"), new("with"), new("gives")],
            Rows =
            [
                ["Image", "", "", sketch.Image.ToString()],
                .. sketch.Stages.SelectMany(stage =>
                    stage.Boxes.Select(
                        (box, i) =>
                            (Cell[])
                                [
                                    box.Title,
                                    box.Detail,
                                    string.Join(", ", box.Marks),
                                    i < stage.Boxes.Count - 1 ? "" : stage.Leaves?.ToString() ?? sketch.Output,
                                ]
                    )
                ),
            ],
        }.ToString();
    }

    string IViewPart.ToInnerHtml() => ToInnerHtml();

    internal string ToInnerHtml()
    {
        var (column, blocks) = Pieces();
        return $"<div class=\"tresnet-diagram\">{column.ToHtml()}<div class=\"tresnet-blocks\">{string.Concat(blocks.Select(block => block.ToHtml()))}</div></div>";
    }

    private (DiagramPart Column, IReadOnlyList<DiagramPart> Blocks) Pieces()
    {
        var sketch = Sketch;
        return (
            ColumnPainter.DiagramPart(sketch, Architecture.ToString()),
            [.. sketch.Blocks.Select(BlockPainter.DiagramPart)]
        );
    }
}
