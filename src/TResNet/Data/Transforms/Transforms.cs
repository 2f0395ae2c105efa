namespace TResNet.Data.Transforms;

/// <summary>What can be done to images before they are a batch, under torchvision's and timm's names.</summary>
/// <example><code>
/// var augment = Transforms.Compose(Transforms.RandomResizedCrop(224), Transforms.RandomHorizontalFlip());
/// </code></example>
public static class Transforms
{
    /// <summary>Transforms one after the other.</summary>
    /// <param name="transforms">In their order; none leaves images as they are.</param>
    public static ImageTransform Compose(params IReadOnlyList<ImageTransform> transforms) => new Compose(transforms);

    /// <summary>Resizes an image so that its shorter side has a given length, as torchvision's Resize does with one number.</summary>
    /// <param name="size">The shorter side of the result in pixels, 1 to 16,384.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="TResNetException">The size is out of range.</exception>
    public static ImageTransform Resize(int size, Interpolation interpolation = Interpolation.Bilinear) =>
        new Resize(size, interpolation);

    /// <summary>A square from the middle of an image; what the image lacks is black.</summary>
    /// <param name="size">The side in pixels, 1 to 16,384.</param>
    /// <exception cref="TResNetException">The size is out of range.</exception>
    public static ImageTransform CenterCrop(int size) => new CenterCrop(size);

    /// <summary>
    /// What timm evaluates on: the shorter side resized to <c>floor(size / cropPct)</c>, then a square of <c>size</c> from the middle. The same pixels
    /// as <see cref="Resize"/> and <see cref="CenterCrop"/>, without making those that are cropped away.
    /// </summary>
    /// <param name="size">The side in pixels, 1 to 16,384.</param>
    /// <param name="cropPct">The side as a share of the resized shorter side, 0.1 to 1.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public static ImageTransform EvaluationCrop(
        int size,
        double cropPct = 0.875,
        Interpolation interpolation = Interpolation.Bicubic
    ) => new EvaluationCrop(size, cropPct, interpolation);

    /// <summary>A random part of the image, of random area and aspect ratio, resized to a square (Szegedy et al., arXiv 1409.4842, section 6).</summary>
    /// <param name="size">The side of the result in pixels, 1 to 16,384.</param>
    /// <param name="scale">The part's area, least and most, as a share of the image's, above 0 to 1; null for 0.08 to 1.</param>
    /// <param name="ratio">The part's width to its height, least and most, 0.01 to 100; null for 3/4 to 4/3.</param>
    /// <param name="interpolation">The filter; null draws one for each image, as timm does.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public static ImageTransform RandomResizedCrop(
        int size,
        (double Least, double Most)? scale = null,
        (double Least, double Most)? ratio = null,
        Interpolation? interpolation = null
    ) => new RandomResizedCrop(size, scale, ratio, interpolation);

    /// <summary>Mirrors some images left to right.</summary>
    /// <param name="p">The share of images that is mirrored, 0 to 1.</param>
    /// <exception cref="TResNetException">The probability is out of range.</exception>
    public static ImageTransform RandomHorizontalFlip(double p = 0.5) => new RandomFlip(isVertical: false, p);

    /// <summary>Mirrors some images top to bottom.</summary>
    /// <param name="p">The share of images that is mirrored, 0 to 1.</param>
    /// <exception cref="TResNetException">The probability is out of range.</exception>
    public static ImageTransform RandomVerticalFlip(double p = 0.5) => new RandomFlip(isVertical: true, p);

    /// <summary>Changes brightness, contrast, saturation and hue at random.</summary>
    /// <param name="brightness">The factor is drawn from 1 - brightness (at least 0) to 1 + brightness; 0 to 10, 0 leaves it.</param>
    /// <param name="contrast">Likewise.</param>
    /// <param name="saturation">Likewise.</param>
    /// <param name="hue">The hue moves by up to this share of the colour circle either way; 0 to 0.5, 0 leaves it.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public static ImageTransform ColorJitter(
        double brightness = 0,
        double contrast = 0,
        double saturation = 0,
        double hue = 0
    ) => new ColorJitter(brightness, contrast, saturation, hue);

    /// <summary>One operation for each image, of a magnitude that is drawn too (Müller and Hutter, arXiv 2103.10158), as torchvision has it.</summary>
    public static ImageTransform TrivialAugmentWide() => new TrivialAugment();

    /// <summary>One of some pairs of operations, drawn anew for each image (Cubuk et al., arXiv 1805.09501).</summary>
    /// <param name="policy"><c>original</c>, <c>originalr</c>, <c>v0</c>, <c>v0r</c> or <c>3a</c>, perhaps with <c>-mstd0.5</c> behind: a deviation of the magnitudes.</param>
    /// <param name="fill">The colour of what comes in from outside; null for grey.</param>
    /// <exception cref="TResNetException">There is no such policy.</exception>
    public static ImageTransform AutoAugment(
        string policy = "original",
        (byte Red, byte Green, byte Blue)? fill = null
    ) => new AutoAugment(policy, ColorOf(fill));

    /// <summary>Some operations, drawn anew for each image, all of one magnitude (Cubuk et al., arXiv 1909.13719), as timm has it.</summary>
    /// <param name="config">As timm writes it: <c>rand-m9-mstd0.5-inc1</c>.</param>
    /// <param name="fill">The colour of what comes in from outside; null for grey.</param>
    /// <exception cref="TResNetException">The text says something else, or a number in it is out of range.</exception>
    public static ImageTransform RandAugment(string config, (byte Red, byte Green, byte Blue)? fill = null) =>
        new RandAugment(config, ColorOf(fill));

    /// <summary>Covers a rectangle around a random point (DeVries and Taylor, arXiv 1708.04552); at the border part of it is outside.</summary>
    /// <param name="share">Its height and width as a share of the image's, above 0 to 1.</param>
    /// <param name="fill">Its colour; null draws one for each image.</param>
    /// <exception cref="TResNetException">The share is out of range.</exception>
    public static ImageTransform Cutout(double share = 0.5, (byte Red, byte Green, byte Blue)? fill = null) =>
        new Cutout(share, ColorOf(fill));

    private static Rgb? ColorOf((byte Red, byte Green, byte Blue)? fill) =>
        fill is var (red, green, blue) ? new Rgb(red, green, blue) : null;
}
