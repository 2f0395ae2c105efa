// Samples to pixels, as PIL unpacks them and converts them to RGB: the upper byte of 16 bits of colour, and grey above 255 is white.

using BitMiracle.LibTiff.Classic;

namespace TResNet.Data.Images;

/// <summary>Reads the pixels of a TIFF file.</summary>
internal static class TiffPixels
{
    private const int MostColors = 4;

    /// <summary>Writes all pixels.</summary>
    /// <returns>Whether all were there.</returns>
    public static bool Read(Tiff tiff, TiffLayout layout, RgbImage image) =>
        layout.IsSubsampled ? ReadMixed(tiff, layout, image)
        : layout.IsTiled ? ReadTiles(tiff, layout, image)
        : ReadRows(tiff, layout, image);

    private static bool ReadRows(Tiff tiff, TiffLayout layout, RgbImage image)
    {
        var planes = layout.IsPlanar ? layout.Samples : 1;
        var rows = new byte[planes][];
        var size = tiff.ScanlineSize();
        if (!layout.IsPlanar)
        {
            rows[0] = new byte[size];
            for (var y = 0; y < layout.Height; y++)
            {
                if (!tiff.ReadScanline(rows[0], y))
                {
                    return false;
                }

                Write(layout, rows, layout.Width, image.Row(y));
            }

            return true;
        }

        // Compressed planes can only be read from their first row to their last.
        var stored = layout.Samples * (long)layout.Height * size;
        if (stored > Array.MaxLength)
        {
            return false;
        }

        var all = new byte[stored];
        var row = new byte[size];
        for (var plane = 0; plane < planes; plane++)
        {
            for (var y = 0; y < layout.Height; y++)
            {
                if (!tiff.ReadScanline(row, y, (short)plane))
                {
                    return false;
                }

                row.CopyTo(all, (plane * layout.Height + y) * size);
            }
        }

        for (var y = 0; y < layout.Height; y++)
        {
            for (var plane = 0; plane < planes; plane++)
            {
                rows[plane] = all.AsSpan((plane * layout.Height + y) * size, size).ToArray();
            }

            Write(layout, rows, layout.Width, image.Row(y));
        }

        return true;
    }

    private static bool ReadTiles(Tiff tiff, TiffLayout layout, RgbImage image)
    {
        var (width, height) = (
            tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt(),
            tiff.GetField(TiffTag.TILELENGTH)[0].ToInt()
        );
        var planes = layout.IsPlanar ? layout.Samples : 1;
        var (tiles, rows) = (new byte[planes][], new byte[planes][]);
        var rowBytes = tiff.TileRowSize();
        for (var top = 0; top < layout.Height; top += height)
        {
            for (var left = 0; left < layout.Width; left += width)
            {
                for (var plane = 0; plane < planes; plane++)
                {
                    tiles[plane] ??= new byte[tiff.TileSize()];
                    if (tiff.ReadTile(tiles[plane], 0, left, top, 0, (short)plane) < 0)
                    {
                        return false;
                    }
                }

                var (across, down) = (Math.Min(width, layout.Width - left), Math.Min(height, layout.Height - top));
                for (var y = 0; y < down; y++)
                {
                    for (var plane = 0; plane < planes; plane++)
                    {
                        rows[plane] = tiles[plane].AsSpan(y * rowBytes, rowBytes).ToArray();
                    }

                    var to = image.Row(top + y).Slice(left * RgbImage.Channels, across * RgbImage.Channels);
                    Write(layout, rows, across, to);
                }
            }
        }

        return true;
    }

    /// <summary>Brightness and colours of less resolution: the library puts them together.</summary>
    private static bool ReadMixed(Tiff tiff, TiffLayout layout, RgbImage image)
    {
        var pixels = new int[layout.Width * layout.Height];
        if (
            !tiff.ReadRGBAImageOriented(
                layout.Width,
                layout.Height,
                pixels,
                BitMiracle.LibTiff.Classic.Orientation.TOPLEFT,
                stopOnError: true
            )
        )
        {
            return false;
        }

        for (int from = 0, to = 0; from < pixels.Length; from++, to += RgbImage.Channels)
        {
            image.Pixels[to] = (byte)Tiff.GetR(pixels[from]);
            image.Pixels[to + 1] = (byte)Tiff.GetG(pixels[from]);
            image.Pixels[to + 2] = (byte)Tiff.GetB(pixels[from]);
        }

        return true;
    }

    /// <summary>Makes pixels of a row.</summary>
    /// <param name="layout">How it is stored.</param>
    /// <param name="rows">The samples: of each plane, or all of them in one.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="to">Where to write them.</param>
    private static void Write(TiffLayout layout, byte[][] rows, int width, Span<byte> to)
    {
        Span<int> colors = stackalloc int[MostColors];
        var (count, hasAlpha) = (layout.Colors, layout.IsPremultiplied && layout.Samples > layout.Colors);
        for (var x = 0; x < width; x++)
        {
            for (var color = 0; color < count; color++)
            {
                colors[color] = Sample(layout, rows, x, color);
            }

            var pixel = to.Slice(x * RgbImage.Channels, RgbImage.Channels);
            Mix(layout, colors, pixel);
            if (hasAlpha && Sample(layout, rows, x, count) is < 255 and var alpha)
            {
                foreach (ref var value in pixel)
                {
                    value = alpha == 0 ? (byte)0 : (byte)Math.Min(255, value * 255 / alpha);
                }
            }
        }
    }

    private static void Mix(TiffLayout layout, ReadOnlySpan<int> colors, Span<byte> pixel)
    {
        switch (layout.Photometric)
        {
            case Photometric.RGB or Photometric.YCBCR:
                (pixel[0], pixel[1], pixel[2]) = ((byte)colors[0], (byte)colors[1], (byte)colors[2]);
                break;
            case Photometric.SEPARATED:
                for (var color = 0; color < RgbImage.Channels; color++)
                {
                    pixel[color] = InkColors.Product(255 - colors[color], 255 - colors[3]);
                }

                break;
            case Photometric.PALETTE:
                for (var color = 0; color < RgbImage.Channels; color++)
                {
                    pixel[color] = (byte)(layout.Palette![color][colors[0]] >> 8);
                }

                break;
            default:
                pixel.Fill((byte)colors[0]);
                break;
        }
    }

    /// <summary>A sample as eight bits; of a palette the index.</summary>
    private static int Sample(TiffLayout layout, byte[][] rows, int x, int color)
    {
        var (row, at) = layout.IsPlanar ? (rows[color], x) : (rows[0], x * layout.Samples + color);
        var isInverted = layout.Photometric == Photometric.MINISWHITE;
        switch (layout.Bits)
        {
            case 8:
                return isInverted ? 255 - row[at] : row[at];
            case 16 when layout.Colors > 1:
                return BitConverter.ToUInt16(row, 2 * at) >> 8;
            case 16 when layout.Format == SampleFormat.INT:
                return Math.Clamp(BitConverter.ToInt16(row, 2 * at), (short)0, (short)255);
            case 16:
                return Math.Min(BitConverter.ToUInt16(row, 2 * at), (ushort)255);
            case 32 when layout.Format == SampleFormat.IEEEFP:
                var value = BitConverter.ToSingle(row, 4 * at);
                return value > 0 ? (int)Math.Min(value, 255) : 0;
            case 32:
                return Math.Clamp(BitConverter.ToInt32(row, 4 * at), 0, 255);
            default:
                var bit = at * layout.Bits;
                var most = (1 << layout.Bits) - 1;
                var packed = (row[bit / 8] >> (8 - layout.Bits - bit % 8)) & most;
                return layout.Photometric == Photometric.PALETTE
                    ? packed
                    : (isInverted ? most - packed : packed) * 255 / most;
        }
    }
}
