using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Sources;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Sources;

public sealed class PackedImagesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_pack_holds_the_images_their_labels_and_their_split()
    {
        folder.Images("f/rose/1.jpg", "f/rose/2.png", "f/tulip/a.jpg", "f/tulip/b.jpg");
        folder.Write("f/rose/1.jpg", ImageFixture.Bytes("orientation_6.jpg"));
        var (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);
        var told = new List<PackProgress>();

        var count = PackedImages.Pack(
            train,
            validation,
            folder["f.pack"],
            new PackOptions { Size = 12, Quality = 95 },
            new Told(told)
        );

        var (packed, tests) = ImageSources.Load(folder["f.pack"]);
        Assert.Equal((8, 4, 4), (count, packed.Count, tests.Count));
        Assert.Equal(("f (train)", "f (held out)"), (packed.Name, tests.Name));
        Assert.Equal(["rose", "tulip"], packed.Classes);
        Assert.Equal([0, 0, 1, 1], Enumerable.Range(0, 4).Select(i => packed.LabelsOf(i)[0]));
        Assert.Equal(
            [(12, 16), (16, 12), (16, 12), (16, 12)],
            Enumerable.Range(0, 4).Select(i => Size(packed.Open(i)))
        );
        Assert.Equal(new PackProgress(8, 8), told[^1]);
        Assert.Equal(
            ["f", "f.pack"],
            Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order()
        );

        // Nearly what it was: at this quality JPEG changes tones a little.
        var before = new TResNet.Data.Transforms.Resize(12, TResNet.Data.Transforms.Interpolation.Bicubic).Apply(
            train.Open(1).Decode()
        );
        var difference = before.Pixels.Zip(packed.Open(1).Decode().Pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 12);
    }

    [Fact]
    public void Small_images_are_not_enlarged_and_several_labels_are_kept()
    {
        folder.Images("1.jpg", "2.png");
        var csv = folder.Write("list.csv", "1.jpg,cat;dog\n2.png,\n");
        var (train, validation) = ImageSources.Load(csv, csv, options: null);
        PackedImages.Pack(train, validation, folder["list.pack"]);

        var (packed, _) = ImageSources.Load(folder["list.pack"]);

        Assert.True(packed.IsMultiLabel);
        Assert.Equal([0, 1], packed.LabelsOf(0).ToArray());
        Assert.Empty(packed.LabelsOf(1).ToArray());
        Assert.Equal((23, 17), Size(packed.Open(0)));
    }

    [Fact]
    public void Damaged_images_are_left_out_and_named()
    {
        folder.Images("f/x/1.jpg", "f/y/2.jpg", "f/y/3.jpg");
        folder.Write("f/y/2.jpg", "no image");
        var (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);

        Assert.Equal(4, PackedImages.Pack(train, validation, folder["f.pack"]));
        Assert.Equal(1, train.Skipped.Count);
        var (strict, _) = ImageSources.Load(folder["f"], folder["f"], new SourceOptions { Strict = true });
        Assert.Throws<TResNetException>(() => PackedImages.Pack(strict, validation, folder["g.pack"]));
        Assert.False(File.Exists(folder["g.pack"]));
        Assert.EndsWith("3.jpg", ImageSources.Load(folder["f.pack"]).Train.Open(1).Name.Split(" in ")[0]);
    }

    [Fact]
    public void A_packing_that_was_stopped_before_its_first_image_leaves_nothing_behind()
    {
        folder.Images("f/x/1.jpg", "f/y/2.jpg");
        var (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            PackedImages.Pack(train, validation, folder["f.pack"], cancel: stop.Token)
        );

        Assert.Equal([folder["f"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(0)] // stopped between two images
    [InlineData(1)] // within the last one
    [InlineData(400)] // within its record, or the image before
    [InlineData(-100)] // with what a crash left behind the last one
    public void A_packing_goes_on_behind_the_last_whole_image(int missing)
    {
        var (train, validation) = Many();
        PackedImages.Pack(train, validation, folder["whole.pack"]);
        var partial = Stop();
        using (var file = File.OpenWrite(partial))
        {
            file.SetLength(file.Length - missing);
        }

        var told = new List<PackProgress>();
        (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);
        var count = PackedImages.Pack(train, validation, folder["f.pack"], progress: new Told(told));

        Assert.Equal((398, 1), (count, train.Skipped.Count));
        Assert.Equal(missing <= 0 ? 128 : 127, told[0].Done, missing <= 1 ? 0.0 : 1.0);
        Assert.Equal(new PackProgress(400, 400), told[^1]);
        Assert.Equal(File.ReadAllBytes(folder["whole.pack"]), File.ReadAllBytes(folder["f.pack"]));
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public void What_was_packed_before_is_packed_again_once_it_has_changed()
    {
        var (train, validation) = Many();
        var partial = Stop();
        Assert.False(PackFile.IsPack(partial));
        File.SetLastWriteTimeUtc(folder["f/x/0.jpg"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var told = new List<PackProgress>();

        PackedImages.Pack(train, validation, folder["f.pack"], progress: new Told(told));

        Assert.Equal(128, told[0].Done); // the first of this packing: none was taken over
        Stop();
        told.Clear();
        PackedImages.Pack(train, validation, folder["f.pack"], new PackOptions { Quality = 50 }, new Told(told));
        Assert.Equal([128, 200, 328, 400], told.Select(each => each.Done));
    }

    [Fact]
    public void An_image_that_changed_in_the_pack_is_skipped_and_named()
    {
        var pack = Pack();
        var bytes = File.ReadAllBytes(pack);
        bytes[200] ^= 1;
        File.WriteAllBytes(pack, bytes);

        var (train, _) = ImageSources.Load(pack);

        Assert.Null(train.Read(0, image => image.Decode()));
        Assert.EndsWith(
            "is not what was packed: the file has changed; pack or copy it again.",
            train.Skipped.ToList()[0].Reason
        );
        Assert.NotNull(train.Read(1, image => image.Decode()));
    }

    [Fact]
    public void A_pack_that_is_cut_or_changed_anywhere_gives_one_sentence_or_skips()
    {
        var pack = Pack();
        var whole = File.ReadAllBytes(pack);
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var bytes = i % 3 == 0 ? whole[..random.Next(8, whole.Length)] : (byte[])whole.Clone();
            if (i % 3 != 0)
            {
                bytes[random.Next(8, bytes.Length)] ^= (byte)random.Next(1, 256);
            }

            File.WriteAllBytes(pack, bytes);
            try
            {
                var (train, validation) = ImageSources.Load(pack);
                var read = new[] { train, validation }.Sum(source =>
                    Enumerable.Range(0, source.Count).Count(at => source.Read(at, image => image.Decode()) is not null)
                );
                // One byte is part of one image, or of what only a packing that goes on reads.
                Assert.InRange(read, 3, 4);
            }
            catch (TResNetException refused)
            {
                Assert.Contains("is no whole pack of images", refused.Message);
                Assert.DoesNotContain('\n', refused.Message);
            }
        }
    }

    [Theory]
    [InlineData(0, 90, "The size is 0, but it has to be from 1 to 16384 pixels; choose another.")]
    [InlineData(256, 101, "The quality is 101, but it has to be from 1 to 100; choose another.")]
    public void Options_out_of_range_give_one_sentence(int size, int quality, string sentence) =>
        Assert.Equal(
            sentence,
            Assert.Throws<TResNetException>(() => new PackOptions { Size = size, Quality = quality }.Validate()).Message
        );

    /// <summary>Two hundred images, one of them damaged, to train and to test on.</summary>
    private (ImageSource Train, ImageSource Validation) Many()
    {
        folder.Images([.. Enumerable.Range(0, 200).Select(i => $"f/{(i % 2 == 0 ? "x" : "y")}/{i}.jpg")]);
        folder.Write("f/x/6.jpg", "no image");
        return ImageSources.Load(folder["f"], folder["f"], options: null);
    }

    /// <summary>Packs the first images.</summary>
    /// <returns>The file that holds them.</returns>
    private string Stop()
    {
        var (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            PackedImages.Pack(train, validation, folder["f.pack"], progress: new Stopping(stop), cancel: stop.Token)
        );
        return folder["f.pack.partial"];
    }

    private string Pack()
    {
        folder.Images("f/x/1.jpg", "f/y/2.jpg");
        var (train, validation) = ImageSources.Load(folder["f"], folder["f"], options: null);
        PackedImages.Pack(train, validation, folder["f.pack"]);
        return folder["f.pack"];
    }

    private static (int Width, int Height) Size(SourceImage image) => (image.Width, image.Height);

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => stop.Cancel();
    }

    private sealed class Told(List<PackProgress> told) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => told.Add(value);
    }
}
