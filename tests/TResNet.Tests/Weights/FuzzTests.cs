using TResNet.Files;
using TResNet.Weights;
using TResNet.Weights.Formats.PyTorch;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

/// <summary>
/// Thousands of damaged copies of small real files. Each loads or is refused with one sentence, and none takes more memory than a few
/// copies of the file beside fixed buffers.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const int Cases = 1500;

    /// <summary>Buffers, the strings of messages, and the exception.</summary>
    private const long Fixed = 1 << 20;

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("fuzz").FullName, "fuzz.pth");
    private readonly nn.Module network = nn.Sequential(("conv", nn.Conv2d(2, 3, 3)), ("bn", nn.BatchNorm2d(3)));

    public void Dispose()
    {
        network.Dispose();
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Flipped_bytes_and_truncations_of_a_zip_checkpoint_give_one_sentence()
    {
        Checkpoint.Save(network, path);
        var whole = File.ReadAllBytes(path);
        Fuzz(1, random => Damaged(whole, random), mayLoad: true);
    }

    [Fact]
    public void Damaged_pickles_under_right_checksums_give_one_sentence()
    {
        Checkpoint.Save(network, path);
        var (pickle, others) = Parts();
        Fuzz(2, random => PickleBuilder.Zip(Damaged(pickle, random), others), mayLoad: true);
    }

    [Fact]
    public void Flipped_bytes_and_truncations_of_a_safetensors_checkpoint_give_one_sentence()
    {
        var saved = Path.ChangeExtension(path, ".safetensors");
        Checkpoint.Save(network, saved);
        var whole = File.ReadAllBytes(saved);
        Fuzz(3, random => Damaged(whole, random), mayLoad: true);
    }

    [Fact]
    public void Flipped_bytes_and_truncations_of_an_old_checkpoint_give_one_sentence()
    {
        var old = LegacyFile.Write(network);
        File.WriteAllBytes(path, old);
        Assert.Equal("PyTorch", Checkpoint.Load(network, path).Format);
        Fuzz(4, random => Damaged(old, random), mayLoad: true);
    }

    [Fact]
    public void Random_pickles_give_one_sentence()
    {
        var codes = Enum.GetValues<PickleOpcode>();
        Fuzz(
            5,
            random =>
            {
                var pickle = new PickleBuilder();
                for (var i = random.Next(1, 60); i > 0; i--)
                {
                    switch (random.Next(4))
                    {
                        case 0:
                            pickle.Op(codes[random.Next(codes.Length)]);
                            break;
                        case 1:
                            pickle.Op(PickleOpcode.Mark).Integer(random.Next(-2, 3));
                            break;
                        case 2:
                            pickle.Tensor([random.Next(-1, 5)], [random.Next(-1, 3)]);
                            break;
                        default:
                            pickle.Text("state_dict").Op(PickleOpcode.EmptyDict);
                            break;
                    }
                }

                return PickleBuilder.Zip(pickle.End());
            },
            mayLoad: false
        );
    }

    private void Fuzz(int seed, Func<Random, byte[]> make, bool mayLoad)
    {
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var bytes = make(random);
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Checkpoint.Load(network, path);
            }
            catch (TResNetException error)
            {
                refused++;
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Fixed);
        }

        // Some damage hits nothing that matters, or only values; most does not.
        Assert.InRange(refused, mayLoad ? Cases / 3 : Cases, Cases);
    }

    private static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
        for (var flips = random.Next(1, 6); flips > 0 && bytes.Length > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => 0,
                _ => 0xff,
            };
        }

        return bytes;
    }

    private (byte[] Pickle, (string Name, byte[] Bytes)[] Others) Parts()
    {
        using var file = FileBytes.Open(path);
        var parts = ZipDirectory
            .Read(file)
            .ToDictionary(
                e => e.Key["archive/".Length..],
                e =>
                {
                    var bytes = new byte[e.Value.Size];
                    file.Read(e.Value.Start, bytes);
                    return bytes;
                }
            );
        return (
            parts["data.pkl"],
            [.. parts.Where(p => p.Key is not ("data.pkl" or "version" or "data/0")).Select(p => (p.Key, p.Value))]
        );
    }
}
