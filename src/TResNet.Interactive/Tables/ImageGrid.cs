using System.Net;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tables;

/// <summary>Pictures side by side with a caption below each.</summary>
public sealed class ImageGrid : IViewPart
{
    // The width of a row, in pixels: rows are a table's, which front ends keep where they drop the style sheet. With it a row has what the page has room for.
    private const int RowWidth = 720;
    private const int Gap = 24;
    private readonly IReadOnlyList<byte[]> pictures;
    private readonly IReadOnlyList<string> captions;
    private readonly (int Width, int Height) size;
    private readonly int channels;

    internal ImageGrid(Tensor images, IReadOnlyList<string> captions)
    {
        var shape = images.shape;
        if (shape.Length != 4 || shape[1] is not (1 or 3))
        {
            throw new TResNetException(
                $"The images have the shape [{string.Join(", ", shape)}], but [N, 1, H, W] (grey) or [N, 3, H, W] (colours) can be shown; select or unsqueeze a dimension."
            );
        }

        if (captions.Count != 0 && captions.Count != shape[0])
        {
            throw new TResNetException(
                $"There are {captions.Count} labels for {shape[0]} images; give one for each image, or none."
            );
        }

        this.captions = captions;
        channels = (int)shape[1];
        size = ((int)shape[3], (int)shape[2]);
        using var scope = NewDisposeScope();
        var bytes = images
            .detach()
            .cpu()
            .to(ScalarType.Float32)
            .clamp(0, 1)
            .mul((Scalar)255)
            .round()
            .to(ScalarType.Byte)
            .permute(0, 2, 3, 1)
            .contiguous()
            .data<byte>()
            .ToArray();
        var length = size.Width * size.Height * channels;
        pictures =
        [
            .. Enumerable
                .Range(0, (int)shape[0])
                .Select(i => PngEncoder.Encode(bytes.AsSpan(i * length, length), size.Width, size.Height, channels)),
        ];
    }

    /// <summary>The pictures as PNG files.</summary>
    public IReadOnlyList<byte[]> Png => pictures;

    /// <summary>What stands below each picture; none, or one for each.</summary>
    public IReadOnlyList<string> Captions => captions;

    /// <summary>The grid as HTML: each picture within, small ones enlarged with hard pixels.</summary>
    public string ToHtml() => Style.Wrap(ToInnerHtml());

    string IViewPart.ToInnerHtml() => ToInnerHtml();

    internal string ToInnerHtml()
    {
        var inARow = Math.Max(1, RowWidth / (size.Width * Scale + Gap));
        var html = new StringBuilder(
            $"<div class=\"tresnet-images\" style=\"--wide:{size.Width * Scale}px\"><table role=\"presentation\">"
        );
        foreach (var row in Enumerable.Range(0, pictures.Count).Chunk(inARow))
        {
            html.Append("<tr>");
            foreach (var i in row)
            {
                html.Append(
                    $"<td class=\"tresnet-image\" align=\"center\" style=\"text-align:center\">{Picture(i)}</td>"
                );
            }

            html.Append("</tr>");
        }

        return html.Append("</table></div>").ToString();
    }

    /// <summary>By how much small pictures are enlarged: wide ones, such as two side by side, as high as square ones where a row has the room.</summary>
    private int Scale => Math.Max(1, Math.Min((int)Math.Round(96.0 / size.Height), RowWidth / size.Width));

    private string Picture(int i)
    {
        var caption = captions.Count > 0 ? captions[i] : "";
        // Other words than below, which a screen reader would say twice.
        var alt = $"picture {i + 1} of {pictures.Count}{(caption.Length > 0 ? $": {caption}" : "")}";
        return $"<img width=\"{size.Width * Scale}\" height=\"{size.Height * Scale}\" alt=\"{WebUtility.HtmlEncode(alt)}\" "
            + $"src=\"data:image/png;base64,{Convert.ToBase64String(pictures[i])}\">"
            + (caption.Length > 0 ? $"<div>{DisplayText.Lines(caption)}</div>" : "");
    }

    /// <summary>How many pictures there are and what they show.</summary>
    public override string ToString()
    {
        var kind = $"{pictures.Count} images, {size.Width} x {size.Height}, {(channels == 1 ? "grey" : "RGB")}";
        return captions.Count == 0
            ? kind
            : $"{kind}: {string.Join("; ", captions.Select(c => c.ReplaceLineEndings(", ")))}";
    }
}
