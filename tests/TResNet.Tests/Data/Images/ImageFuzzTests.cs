using TResNet.Data.Images;
using TResNet.Tests.Weights;

namespace TResNet.Tests.Data.Images;

/// <summary>Thousands of damaged copies of small images of every kind. Each is decoded or refused with one sentence, within the memory allowed.</summary>
public sealed class ImageFuzzTests
{
    private const int CasesPerFile = 500;
    private const int MostPixels = 1 << 16;

    // Four bytes for an ink or alpha and three for the pixel, and what the exception takes; LibTiff.NET's tables.
    private const long MostManaged = 7 * MostPixels + (64 << 10);
    private const long MostManagedOfTiff = 28 * MostPixels + (1 << 20);

    private static readonly ImageLimits Limits = new() { MaxPixels = MostPixels };

    public static TheoryData<string> All => [.. ImageFixture.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void A_damaged_image_is_decoded_or_gives_one_sentence(string name)
    {
        var whole = ImageFixture.Bytes(name);
        var random = new Random(name.Sum(c => c));
        Decode(name, whole, leastSide: 100);
        ResidentMemory.ForgetPeak();
        var resident = ResidentMemory.Peak;

        var decoded = Enumerable
            .Range(0, CasesPerFile)
            .Count(_ => Decode(name, Damaged(whole, random), random.Next(1, 30)));

        // Both outcomes have to occur, or the damage is not where it matters; the checksums inside a PNG let next to nothing pass.
        Assert.InRange(decoded, name.EndsWith(".png") ? 0 : 1, CasesPerFile - 1);
        // libjpeg keeps the coefficients of a progressive image, two bytes each; the collector may lag behind.
        Assert.InRange(ResidentMemory.Peak - resident, long.MinValue, 64 << 20);
    }

    private static bool Decode(string name, byte[] file, int leastSide)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var image = SourceImage.Parse(file, "fuzz", Limits).Decode(leastSide);
            Assert.InRange(image.Width * image.Height, 1, MostPixels);
            return true;
        }
        catch (TResNetException refusal)
        {
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.InRange(refusal.Message.Length, 10, 300);
            return false;
        }
        finally
        {
            Assert.InRange(
                GC.GetAllocatedBytesForCurrentThread() - before,
                0,
                name.EndsWith(".tif") ? MostManagedOfTiff : MostManaged
            );
        }
    }

    /// <summary>Some bytes changed, mostly in the headers; sometimes cut short, or a stretch doubled.</summary>
    private static byte[] Damaged(byte[] whole, Random random)
    {
        var file = whole.ToArray();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(random.Next(3) == 0 ? file.Length : Math.Min(file.Length, 700));
            file[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(file[at] ^ (1 << random.Next(8))),
                _ => (byte)(random.Next(2) * 255),
            };
        }

        var (from, to) = (random.Next(file.Length), random.Next(file.Length));
        byte[] damaged = random.Next(8) switch
        {
            0 => file[..Math.Max(from, to)],
            1 => [.. file[..Math.Max(from, to)], .. file[Math.Min(from, to)..]],
            _ => file,
        };
        // Under right checksums the damage gets further.
        if (random.Next(4) != 0 && whole[0] == 0x89 && damaged.Length > 8)
        {
            PngChunk.SignAll(damaged);
        }

        return damaged;
    }
}
