using TResNet.Compute;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Tests.Profiling;

public sealed class ThroughputStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("store").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_saved_comes_back_as_it_was()
    {
        var result = Measured() with { PeakMemory = 123_456_789, Rounds = [24.25, 1.0 / 3, 26] };
        Store().Save(result);

        var loaded = Assert.Single(Store().Load());
        Assert.Equal(result.InputShape, loaded.InputShape);
        Assert.Equal(result.Rounds, loaded.Rounds);
        Assert.Equal(result, loaded with { InputShape = result.InputShape, Rounds = result.Rounds });
    }

    [Fact]
    public void The_file_is_one_object_a_line_with_names_that_explain_themselves()
    {
        Store().Save(Measured());

        Assert.Equal(
            """{"machine":"a machine","library":"libtorch 1.13.0","version":"0.1.0+1df2482","network":"resnet18","mode":"inference","batch":8,"input":[3,224,224],"""
                + "\"device\":\"cpu\",\"precision\":\"Float32\",\"layout\":\"contiguous\",\"threads\":2,\"date\":\"2026-11-22T12:00:00+00:00\","
                + "\"images_per_second\":[10,20,30],\"peak_memory\":null,\"rounds\":3,\"batches_per_round\":1,\"warm_up\":2,\"budget_seconds\":30,\"round_seconds\":0.2}\n",
            File.ReadAllText(Store().Path)
        );
    }

    [Fact]
    public void A_newer_result_replaces_the_older_of_the_same_kind()
    {
        Store().Save(Measured() with { Rounds = [5] });
        Store().Save(Measured() with { Rounds = [7], Date = Noon.AddHours(1) });
        Store().Save(Measured() with { Rounds = [9], Date = Noon.AddHours(-1) });

        Assert.Equal(7, Assert.Single(Store().Load()).Median);
        Assert.Single(File.ReadLines(Store().Path));
    }

    [Fact]
    public void A_short_look_replaces_no_longer_one_but_that_of_another_build()
    {
        Store().Save(Measured() with { Rounds = [5, 5, 5] });
        Store().Save(Measured() with { Rounds = [7], Date = Noon.AddHours(1) });
        Assert.Equal(5, Assert.Single(Store().Load()).Median);

        Store().Save(Measured() with { Rounds = [7], Date = Noon.AddHours(2), Version = "0.1.0+0000000" });
        Assert.Equal(7, Assert.Single(Store().Load()).Median);
    }

    [Fact]
    public void Results_of_other_kinds_stand_side_by_side()
    {
        var first = Measured();
        ThroughputResult[] all =
        [
            first,
            first with
            {
                Machine = "another",
            },
            first with
            {
                Library = "libtorch 2.9.0",
            },
            first with
            {
                Model = "resnet34",
            },
            first with
            {
                Options = first.Options with { Mode = ThroughputMode.Training },
            },
            first with
            {
                Options = first.Options with { Optimize = true },
            },
            first with
            {
                Options = first.Options with { BatchSize = 16 },
                InputShape = [16, 3, 224, 224],
            },
            first with
            {
                InputShape = [8, 3, 128, 128],
            },
            first with
            {
                Device = "cuda:0",
            },
            first with
            {
                DataType = "BFloat16",
            },
            first with
            {
                MemoryFormat = "channels last",
            },
            first with
            {
                Threads = 1,
            },
        ];
        foreach (var result in all)
        {
            Store().Save(result);
        }

        Assert.Equal(all.Length, Store().Load().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{\"machine\":\"a machine\"}")]
    [InlineData("\"threads\":2", "\"threads\":\"many\"")]
    [InlineData("\"machine\":\"a machine\"", "\"machine\":null")]
    [InlineData("[3,224,224]", "[3,224]")]
    [InlineData("[3,224,224]", "[3,0,224]")]
    [InlineData("[10,20,30]", "[]")]
    [InlineData("[10,20,30]", "[10,-20,30]")]
    [InlineData("[10,20,30]", "[10,1e999,30]")]
    [InlineData("\"batch\":8", "\"batch\":0")]
    [InlineData("\"budget_seconds\":30", "\"budget_seconds\":1e300")]
    [InlineData("inference", "dreaming")]
    public void A_damaged_line_is_skipped_and_costs_no_other(string damage, string? by = null)
    {
        Store().Save(Measured());
        var good = File.ReadAllText(Store().Path);
        var bad = by is null ? damage : good.Replace(damage, by).Replace("resnet18", "resnet34").TrimEnd('\n');
        File.WriteAllText(Store().Path, bad + "\n" + good);

        Assert.Equal("resnet18", Assert.Single(Store().Load()).Model);
        Store().Save(Measured() with { Model = "resnet50" });
        Assert.Equal(["resnet18", "resnet50"], Store().Load().Select(result => result.Model).Order());
    }

    [Fact]
    public void A_file_that_was_cut_off_loses_its_last_line_alone()
    {
        Store().Save(Measured());
        Store().Save(Measured() with { Model = "resnet34", Date = Noon.AddHours(1) });
        File.WriteAllText(Store().Path, File.ReadAllText(Store().Path)[..^20]);

        Assert.Equal("resnet18", Assert.Single(Store().Load()).Model);
    }

    [Fact]
    public void A_line_from_before_versions_were_kept_is_read()
    {
        Store().Save(Measured());
        File.WriteAllText(Store().Path, File.ReadAllText(Store().Path).Replace("\"version\":\"0.1.0+1df2482\",", ""));

        Assert.Null(Assert.Single(Store().Load()).Version);
    }

    [Fact]
    public void The_precision_that_was_asked_for_comes_back()
    {
        var measured = Measured();
        Store()
            .Save(
                measured with
                {
                    DataType = "BFloat16",
                    Options = measured.Options with { ComputeType = TResNet.Compute.ComputeType.BFloat16 },
                }
            );

        Assert.Equal(TResNet.Compute.ComputeType.BFloat16, Assert.Single(Store().Load()).Options.ComputeType);
    }

    [Fact]
    public void An_optimised_network_comes_back_as_one()
    {
        Store().Save(Measured() with { Options = Measured().Options with { Optimize = true } });

        Assert.True(Assert.Single(Store().Load()).Options.Optimize);
    }

    [Fact]
    public void Another_machines_file_is_read_and_a_wrong_one_is_one_sentence()
    {
        Store().Save(Measured());
        var other = Path.Combine(folder, "notes.txt");
        File.WriteAllText(other, "not a measurement");

        Assert.Single(ThroughputStore.Read(Store().Path));
        Assert.Contains(
            "holds no measurements: name a throughput.jsonl",
            Assert.Throws<TResNetException>(() => ThroughputStore.Read(other)).Message
        );
        Assert.StartsWith(
            "There is no file missing.jsonl",
            Assert.Throws<TResNetException>(() => ThroughputStore.Read("missing.jsonl")).Message
        );
    }

    [Fact]
    public void Nothing_half_written_is_left_behind()
    {
        Store().Save(Measured());
        Store().Save(Measured() with { Model = "resnet34" });

        Assert.Equal([Store().Path], Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void Without_a_file_there_is_nothing_and_an_unusable_place_is_one_sentence()
    {
        Assert.Empty(Store().Load());

        File.WriteAllText(Path.Combine(folder, "file"), "");
        var blocked = new ThroughputStore(Path.Combine(folder, "file"));
        Assert.Empty(blocked.Load());
        Assert.Contains(
            "could not be written",
            Assert.Throws<TResNetException>(() => blocked.Save(Measured())).Message
        );
    }

    private ThroughputStore Store() => new(folder);

    private static ThroughputResult Measured() =>
        new()
        {
            Model = "resnet18",
            InputShape = [8, 3, 224, 224],
            Options = new ThroughputOptions { BatchSize = 8, Rounds = 3 },
            Rounds = [10, 20, 30],
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "contiguous",
            Machine = "a machine",
            Library = "libtorch 1.13.0",
            Version = "0.1.0+1df2482",
            Date = Noon,
            PeakMemory = null,
        };
}
