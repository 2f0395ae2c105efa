using System.IO.Compression;
using System.Text;
using TResNet.Checkpoints;
using TResNet.Checkpoints.PyTorch;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

/// <summary>Files that want something run, claim what they do not have, or never end: one sentence each, and next to no memory.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const long Little = 2 << 20;

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("hostile").FullName, "hostile.pth");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public void An_honest_file_made_the_same_way_loads()
    {
        File.WriteAllBytes(path, PickleBuilder.Zip(new PickleBuilder().Tensor([2, 2], [2, 1]).AsStateDict()));
        using var file = CheckpointFile.Open(path);
        Assert.Equal([2L, 2], file.Entries["weight"].Shape);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("subprocess", "Popen")]
    [InlineData("System.Diagnostics.Process", "Start")]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("numpy.core.multiarray", "scalar")]
    public void What_a_file_wants_called_stays_a_name(string module, string name)
    {
        var marker = path + ".ran";
        var calls = new Func<PickleBuilder, PickleBuilder>[]
        {
            p => p.Global(module, name).Text($"touch {marker}").Op(PickleOpcode.Tuple1).Op(PickleOpcode.Reduce),
            p =>
                p.Text(module)
                    .Text(name)
                    .Op(PickleOpcode.StackGlobal)
                    .Text($"touch {marker}")
                    .Op(PickleOpcode.Tuple1)
                    .Op(PickleOpcode.NewObject),
            p =>
                p.Global(module, name)
                    .Text($"touch {marker}")
                    .Op(PickleOpcode.Tuple1)
                    .Op(PickleOpcode.EmptyDict)
                    .Op(PickleOpcode.NewObjectEx),
            p =>
                p.Op(PickleOpcode.Mark)
                    .Text($"touch {marker}")
                    .Op(PickleOpcode.Instance, Encoding.UTF8.GetBytes($"{module}\n{name}\n")),
            p => p.Op(PickleOpcode.Mark).Global(module, name).Text($"touch {marker}").Op(PickleOpcode.Object),
            // What a call gave is called again, gets attributes and items, and is looked into.
            p =>
                p.Global(module, name)
                    .Op(PickleOpcode.EmptyTuple)
                    .Op(PickleOpcode.Reduce)
                    .Text($"touch {marker}")
                    .Op(PickleOpcode.Tuple1)
                    .Op(PickleOpcode.Reduce)
                    .Op(PickleOpcode.EmptyDict)
                    .Text("__reduce__")
                    .Global(module, name)
                    .Op(PickleOpcode.SetItem)
                    .Op(PickleOpcode.Build)
                    .Text("item")
                    .Op(PickleOpcode.Append)
                    .Text("key")
                    .Text("value")
                    .Op(PickleOpcode.SetItem),
        };
        Assert.All(
            calls,
            call =>
            {
                // Alone it is no state dict; beside one it is not needed.
                Refused(PickleBuilder.Zip(call(new PickleBuilder()).End()), "holds no state dict");
                var beside = new PickleBuilder().Op(PickleOpcode.EmptyDict).Text("other");
                beside = call(beside).Op(PickleOpcode.SetItem).Text("weight").Tensor([2, 2], [2, 1]);
                File.WriteAllBytes(path, PickleBuilder.Zip(beside.Op(PickleOpcode.SetItem).End()));
                using var file = CheckpointFile.Open(path);
                Assert.Equal(["weight"], file.Entries.Keys);
                Assert.Equal(["other"], file.Ignored);
                Assert.False(File.Exists(marker));
            }
        );
    }

    [Fact]
    public void A_tensor_that_is_made_of_something_unknown_is_no_tensor()
    {
        var pickle = new PickleBuilder().Op(PickleOpcode.EmptyDict).Text("weight").Tensor([2, 2], [2, 1]);
        pickle = pickle.Op(PickleOpcode.SetItem).Text("other").Tensor([4], [1], type: "QInt8Storage");
        File.WriteAllBytes(path, PickleBuilder.Zip(pickle.Op(PickleOpcode.SetItem).End()));
        using var file = CheckpointFile.Open(path);
        Assert.Equal(["weight"], file.Entries.Keys);
        Assert.Equal(["other"], file.Ignored);
    }

    [Fact]
    public void Modules_that_hold_themselves_or_each_other_many_times_are_refused()
    {
        var itself = new PickleBuilder()
            .Global("m", "M")
            .Op(PickleOpcode.EmptyTuple)
            .Op(PickleOpcode.NewObject)
            .Op(PickleOpcode.BinPut, 0)
            .Op(PickleOpcode.EmptyDict)
            .Text("_modules")
            .Op(PickleOpcode.EmptyDict)
            .Text("again")
            .Op(PickleOpcode.BinGet, 0)
            .Op(PickleOpcode.SetItem)
            .Op(PickleOpcode.SetItem)
            .Op(PickleOpcode.Build);
        Refused(PickleBuilder.Zip(itself.End()), "its modules nest without end");

        // Each holds the one before it ten times: 10 to the power of 9 in a few hundred bytes.
        var many = new PickleBuilder();
        for (byte i = 0; i < 10; i++)
        {
            many.Global("m", "M").Op(PickleOpcode.EmptyTuple).Op(PickleOpcode.NewObject).Op(PickleOpcode.EmptyDict);
            many.Text("_modules").Op(PickleOpcode.EmptyDict);
            for (var child = 0; i > 0 && child < 10; child++)
            {
                many.Text($"{child}").Op(PickleOpcode.BinGet, (byte)(i - 1)).Op(PickleOpcode.SetItem);
            }

            many.Op(PickleOpcode.SetItem).Op(PickleOpcode.Build).Op(PickleOpcode.BinPut, i);
        }

        Refused(PickleBuilder.Zip(many.End()), "its modules have more than 100000 parameters", 256 << 20);
    }

    [Theory]
    [InlineData(new long[] { 5 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 4 }, new long[] { 1 }, 1)]
    [InlineData(new long[] { 2 }, new long[] { 4 }, 0)]
    [InlineData(new long[] { 2 }, new long[] { long.MaxValue }, 0)]
    [InlineData(new long[] { 1000000 }, new long[] { 0 }, 0)]
    [InlineData(new long[] { 2 }, new long[] { -1 }, 1)]
    [InlineData(new long[] { 1 }, new long[] { 1 }, -1)]
    [InlineData(new long[] { 1 }, new long[] { 1 }, long.MaxValue)]
    [InlineData(new long[] { -2, -2 }, new long[] { 1, 1 }, 0)]
    [InlineData(new long[] { 4294967296, 4294967296 }, new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { 0, long.MaxValue, long.MaxValue }, new long[] { 1, 1, 1 }, 0)]
    [InlineData(new long[] { 2, 2 }, new long[] { 1 }, 0)]
    public void A_tensor_that_reaches_beyond_its_storage_is_refused(long[] shape, long[] strides, long offset) =>
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Tensor(shape, strides, offset).AsStateDict()),
            "'weight' reaches beyond its storage, which has 4 elements"
        );

    [Fact]
    public void A_storage_that_is_not_there_or_not_of_its_size_is_refused()
    {
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Tensor([1], [1], key: "7").AsStateDict()),
            "lies in the storage '7', which is not there"
        );
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Tensor([1], [1], count: 1L << 60).AsStateDict()),
            "its storage '0' claims 1152921504606846976 elements of 4 bytes and has 16 bytes"
        );
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Tensor([1], [1], type: "LongStorage").AsStateDict()),
            "its storage '0' claims 4 elements of 8 bytes"
        );
    }

    [Fact]
    public void A_text_that_claims_more_bytes_than_are_left_is_refused()
    {
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Op(PickleOpcode.BinUnicode, 0xff, 0xff, 0xff, 0x7f).End()),
            "claims 2147483647 bytes of text"
        );
        Refused(
            PickleBuilder.Zip(
                new PickleBuilder().Op(PickleOpcode.BinUnicode8, [.. BitConverter.GetBytes(ulong.MaxValue)]).End()
            ),
            "claims 18446744073709551615 bytes of text"
        );
    }

    [Fact]
    public void A_pickle_that_takes_what_it_did_not_make_is_refused()
    {
        PickleOpcode[] takers =
        [
            PickleOpcode.Pop,
            PickleOpcode.PopMark,
            PickleOpcode.Tuple,
            PickleOpcode.Tuple3,
            PickleOpcode.Append,
            PickleOpcode.Appends,
            PickleOpcode.SetItem,
            PickleOpcode.SetItems,
            PickleOpcode.Reduce,
            PickleOpcode.Build,
            PickleOpcode.BinPersistentId,
            PickleOpcode.StackGlobal,
            PickleOpcode.Memoize,
            PickleOpcode.Stop,
        ];
        Assert.All(
            takers,
            code => Refused(PickleBuilder.Zip(new PickleBuilder().Op(code).End()), "takes more values than it made")
        );
        Refused(
            PickleBuilder.Zip(new PickleBuilder().Op(PickleOpcode.BinGet, 9).End()),
            "recalls a value that it did not store"
        );
    }

    [Fact]
    public void Deep_nesting_memory_that_refers_to_itself_and_a_content_without_tensors_are_refused()
    {
        var deep = new PickleBuilder();
        for (var i = 0; i < 100_000; i++)
        {
            deep.Op(PickleOpcode.EmptyList);
        }

        for (var i = 1; i < 100_000; i++)
        {
            deep.Op(PickleOpcode.Append);
        }

        Refused(PickleBuilder.Zip(deep.End()), "holds no state dict", 64 << 20);

        var itself = new PickleBuilder()
            .Op(PickleOpcode.EmptyDict)
            .Op(PickleOpcode.BinPut, 0)
            .Text("model")
            .Op(PickleOpcode.BinGet, 0)
            .Op(PickleOpcode.SetItem);
        Refused(PickleBuilder.Zip(itself.End()), "holds no state dict");
    }

    [Fact]
    public void A_small_pickle_cannot_make_much_by_copying_what_it_remembers()
    {
        var copies = new PickleBuilder().Op(PickleOpcode.EmptyList).Op(PickleOpcode.BinPut, 0).Op(PickleOpcode.Mark);
        for (var i = 0; i < 10_000; i++)
        {
            copies.Op(PickleOpcode.None);
        }

        copies.Op(PickleOpcode.Appends);
        for (var i = 0; i < 10_000; i++)
        {
            copies.Global("torch", "Size").Op(PickleOpcode.BinGet, 0).Op(PickleOpcode.Tuple1).Op(PickleOpcode.Reduce);
        }

        Refused(PickleBuilder.Zip(copies.End()), "takes more than 1048576 steps to read", 64 << 20);
    }

    [Fact]
    public void A_compressed_entry_is_refused_before_it_unfolds()
    {
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using (var pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            {
                pickle.Write(new PickleBuilder().Tensor([1 << 22], [1], count: 1 << 22).AsStateDict());
            }

            using var bomb = zip.CreateEntry("archive/data/0", CompressionLevel.Optimal).Open();
            bomb.Write(new byte[1 << 24]);
        }

        Refused(File.ReadAllBytes(path), "holds 'archive/data/0' compressed or encrypted");
    }

    [Fact]
    public void A_zip_file_that_lies_about_sizes_and_places_is_refused()
    {
        var honest = PickleBuilder.Zip(new PickleBuilder().Tensor([4], [1]).AsStateDict());
        var central = honest.AsSpan().LastIndexOf("PK\x01\x02"u8);
        var end = honest.AsSpan().LastIndexOf("PK\x05\x06"u8);
        Changed(central + 20, uint.MaxValue - 1, "'archive/data/0' lies outside the file");
        Changed(central + 42, uint.MaxValue - 1, "'archive/data/0' lies outside the file");
        Changed(
            central + 42,
            0,
            "the checksum of its storage '0' does not fit",
            (central + 20, 16),
            (central + 24, 16)
        );
        Changed(central + 28, 60_000, "its table of contents is cut off");
        Changed(end + 12, uint.MaxValue - 1, "its table of contents lies outside the file");
        Changed(end + 16, uint.MaxValue, "its table of contents is damaged");
        Changed(end, 0, "without its end");

        void Changed(int at, uint value, string reason, params (int At, uint Value)[] others)
        {
            var changed = honest.ToArray();
            foreach (var (place, number) in others.Append((at, value)))
            {
                BitConverter.TryWriteBytes(changed.AsSpan(place), number);
            }

            Refused(changed, reason);
        }
    }

    [Fact]
    public void A_name_with_line_feeds_control_codes_and_no_end_stays_one_short_line()
    {
        var name = "bad\n\u001b[31m" + new string('x', 1_000_000);
        File.WriteAllBytes(path, PickleBuilder.Zip(new PickleBuilder().Tensor([4], [1]).AsStateDict(name)));
        using var linear = nn.Linear(1, 1);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(linear, path));
        Assert.Contains("'bad??[31mxxx", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, 500);
    }

    [Fact]
    public void A_zip_file_without_a_state_dict_or_with_two_says_so()
    {
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("readme.txt").Open().Dispose();
        }

        Refused(File.ReadAllBytes(path), "is a zip file with no data.pkl");
        Refused(PickleBuilder.Zip([], ("other/data.pkl", [])), "more than one data.pkl");
        Refused(
            "MZ, a program"u8.ToArray(),
            "begins neither as safetensors, nor as a file of PyTorch or TorchSharp does"
        );
    }

    [Fact]
    public void A_file_from_a_big_endian_machine_is_refused()
    {
        var pickle = new PickleBuilder().Tensor([4], [1]).AsStateDict();
        Refused(PickleBuilder.Zip(pickle, ("byteorder", "big"u8.ToArray())), "big-endian machine");
    }

    [Fact]
    public void A_damaged_storage_is_found_by_its_checksum_before_the_network_changes()
    {
        using var network = nn.Linear(64, 64);
        Checkpoint.Save(network, path);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        var before = network.weight!.clone();
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path));
        Assert.Contains("the checksum of its storage '0' does not fit", error.Message, StringComparison.Ordinal);
        Assert.True(before.Equals(network.weight!));
    }

    private void Refused(byte[] bytes, string reason, long memory = Little)
    {
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<TResNetException>(() => CheckpointFile.Open(path).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, memory);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
