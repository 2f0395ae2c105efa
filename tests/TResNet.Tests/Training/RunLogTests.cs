using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Tests.Training;

/// <summary>What other programs read of a run, read here as they do.</summary>
public sealed class RunLogTests : IDisposable
{
    private static readonly ImageDataset Train = FashionMnist.Load(FashionMnistSplit.Train).First(100);
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(50);
    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 3,
        BatchSize = 20,
        LearningRate = 0.02,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("logs").FullName, "r");

    private string Csv => Path.Combine(path, "log.csv");

    private string Jsonl => Path.Combine(path, "log.jsonl");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public void Each_epoch_is_a_line_of_a_table_and_an_object_of_json()
    {
        using var net = SmallNets.Create();

        var run = new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit();

        var lines = File.ReadAllLines(Csv);
        Assert.Equal(
            "epoch,step,learning_rate,train_loss,validation_loss,top1,images_per_second,seconds,weights",
            lines[0]
        );
        Assert.Equal(run.Epochs.Count, lines.Length - 1);
        foreach (var (epoch, line, json) in run.Epochs.Zip(lines.Skip(1), File.ReadAllLines(Jsonl)))
        {
            Assert.EndsWith(",network", line);
            var numbers = line.Split(',')
                .SkipLast(1)
                .Select(n => double.Parse(n, CultureInfo.InvariantCulture))
                .ToArray();
            var rate = run.Steps[epoch.Step - 1].LearningRate;
            Assert.Equal(
                [epoch.Epoch, epoch.Step, rate, epoch.TrainLoss, epoch.ValidationLoss, epoch.Top1],
                numbers[..6]
            );
            Assert.Equal(epoch.ImagesPerSecond, numbers[6], 0.06);
            Assert.Equal(epoch.Duration.TotalSeconds, numbers[7], 0.001);
            using var entry = JsonDocument.Parse(json);
            var values = entry.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
            Assert.Equal(numbers, lines[0].Split(',').SkipLast(1).Select(name => values[name].GetDouble()));
            Assert.Equal("network", values["weights"].GetString());
            Assert.Equal(run.Model, values["model"].GetString());
            Assert.Equal(0, (DateTime.UtcNow - values["date"].GetDateTime().ToUniversalTime()).TotalMinutes, 2.0);
        }
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.999)]
    public void A_run_with_an_average_says_which_weights_each_epoch_is_of(double decay)
    {
        using var net = SmallNets.Create();
        var recipe = Recipe with { ModelEmaDecay = decay, ModelEmaWarmup = false };

        var run = new Trainer(net, Train, Validation, recipe, RunFolder.New(path)).Fit();

        var words = run.Epochs.Select(epoch => $"{epoch.Weights}".ToLowerInvariant()).ToArray();
        Assert.All(words, word => Assert.Contains(word, new[] { "network", "average" }));
        Assert.Equal(words, File.ReadAllLines(Csv).Skip(1).Select(line => line.Split(',')[^1]));
        Assert.Equal(
            words,
            File.ReadAllLines(Jsonl)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("weights").GetString()!)
        );
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_is_written_as_no_value(float value)
    {
        using var net = SmallNets.Create();
        var folder = RunFolder.New(path);

        // Validation images that no network says anything of: their loss is undefined.
        var run = new Trainer(net, Train, Validation.Filled(value), Recipe, folder).Fit();

        Assert.All(run.Epochs, epoch => Assert.False(double.IsFinite(epoch.ValidationLoss)));
        Assert.All(File.ReadAllLines(Csv).Skip(1), line => Assert.Equal("", line.Split(',')[4]));
        Assert.All(File.ReadAllLines(Jsonl), line => Assert.Contains("\"validation_loss\":null", line));
        var scalars = Scalars(Read(Assert.Single(EventFiles())));
        Assert.DoesNotContain("loss/validation", scalars.Keys);
        Assert.Equal(run.Epochs.Count, scalars["loss/train"].Count);
        var kept = RunFolder.Resume(path).Describe();
        Assert.Equal(run.Epochs.Count, kept.Epochs.Count);
        Assert.All(kept.Epochs, epoch => Assert.True(double.IsNaN(epoch.ValidationLoss)));
        Assert.All(
            Directory.EnumerateFiles(path, "log*").Select(File.ReadAllText),
            text => Assert.DoesNotContain("NaN", text)
        );
    }

    [Fact]
    public void TensorBoard_gets_the_curves()
    {
        using var net = SmallNets.Create();

        var run = new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit();

        var file = Assert.Single(EventFiles());
        Assert.Matches(@"^events\.out\.tfevents\.\d{10}\..+$", Path.GetFileName(file));
        var events = Read(file);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(events[0].Bytes(3)));
        var scalars = Scalars(events);
        var closed = run.Epochs.Select(epoch => (long)epoch.Step).ToArray();
        Assert.Equal(run.Steps.Select(s => ((long)s.Step, (float)s.Loss)), scalars["loss/step"]);
        Assert.Equal(run.Epochs.Select(e => ((long)e.Step, (float)e.TrainLoss)), scalars["loss/train"]);
        Assert.Equal(run.Epochs.Select(e => ((long)e.Step, (float)e.ValidationLoss)), scalars["loss/validation"]);
        Assert.Equal(run.Epochs.Select(e => ((long)e.Step, (float)e.Top1)), scalars["accuracy/top1"]);
        Assert.Equal(
            closed.Select(step => (step, (float)run.Steps[(int)step - 1].LearningRate)),
            scalars["learning_rate"]
        );
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        Assert.All(events, each => Assert.InRange(BitConverter.ToDouble(each.Bytes(1)), now - 120, now));
    }

    [Fact]
    public void A_run_that_goes_on_has_each_epoch_once_and_no_torn_line()
    {
        using var net = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 7)
            {
                stop.Cancel();
            }
        });
        new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit(observer, stop.Token);
        var before = File.ReadAllLines(Jsonl).Single();

        // As a process leaves it that was killed after a later epoch than its newest state, in the middle of a line.
        File.AppendAllText(Csv, "2,10,0.01,2.0,2.0,0.1,100,1.5\n3,15,0.0");
        File.AppendAllText(Jsonl, "{\"epoch\":2,\"date\":\"2020-01-01T00:00:00Z\"}\n[]\n{\"model\":\"ne");
        File.WriteAllText(Path.Combine(path, "log.csv.123.partial"), "x");
        var run = new Trainer(net, Train, Validation, Recipe, RunFolder.Resume(path)).Fit();

        Assert.Equal(["epoch", "1", "2", "3"], File.ReadAllLines(Csv).Select(line => line.Split(',')[0]));
        var lines = File.ReadAllLines(Jsonl);
        Assert.Equal((3, before), (lines.Length, lines[0]));
        Assert.DoesNotContain("2020-01-01", lines[1], StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(path, "*.partial"));

        // TensorBoard drops what earlier files have from the step on that a session starts with.
        var files = EventFiles();
        Assert.Equal(2, files.Length);
        var second = Read(files[1]);
        Assert.Equal((8L, 1L), (second[1].Number(2), Fields(second[1].Bytes(7)).Number(1)));
        Assert.Equal(
            run.Steps.Select(s => (long)s.Step),
            files.SelectMany(file => Scalars(Read(file))["loss/step"]).Select(point => point.Step)
        );
    }

    [Fact]
    public void A_finished_run_that_goes_on_only_has_its_logs_repaired()
    {
        using var net = SmallNets.Create();
        new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit();
        var (csv, json) = (File.ReadAllText(Csv), File.ReadAllText(Jsonl));
        File.WriteAllText(Csv, csv[..^9]);

        new Trainer(net, Train, Validation, Recipe, RunFolder.Resume(path)).Fit();

        Assert.Equal((csv, json), (File.ReadAllText(Csv), File.ReadAllText(Jsonl)));
        Assert.Single(EventFiles());
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_a_warning_and_not_the_end()
    {
        Directory.CreateDirectory(Csv);
        using var net = SmallNets.Create();

        var run = new Trainer(net, Train, Validation, Recipe, RunFolder.New(path)).Fit();

        Assert.Equal((3, false), (run.Epochs.Count, run.Interrupted));
        var warning = Assert.Single(run.Warnings);
        Assert.StartsWith($"{Csv} could not be written (", warning, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(Jsonl).Length);
    }

    [Fact]
    public void What_a_full_disk_refused_is_written_once_there_is_room()
    {
        var events = new EventFile(path, 1, TimeProvider.System);
        events.Add(1, ("loss/step", 2.5));
        Assert.Contains("could not be written", Assert.Throws<TResNetException>(events.Flush).Message);

        Directory.CreateDirectory(path);
        events.Flush();
        var file = EventFiles().Single();

        // A record that was cut off, as a disk without room leaves it.
        File.AppendAllText(file, "torn");
        events.Add(2, ("loss/step", 1.5));
        events.Flush();

        Assert.Equal([(1L, 2.5f), (2L, 1.5f)], Scalars(Read(file))["loss/step"]);
    }

    [Fact]
    public void The_checksum_is_crc32c()
    {
        // The check value of CRC-32C in the catalogues, and the same by its definition, bit by bit.
        Assert.Equal(0xE3069283, Crc("123456789"u8));
        Assert.Equal(Masked("123456789"u8), EventFile.MaskedCrc("123456789"u8));
    }

    private string[] EventFiles() => [.. Directory.EnumerateFiles(path, "events.*").Order(StringComparer.Ordinal)];

    /// <summary>The records of a TFRecord file, each a message of numbered fields.</summary>
    private static List<(int Field, object Value)[]> Read(string file)
    {
        var records = new List<(int, object)[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        while (rest.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Assert.Equal(Masked(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            var data = rest.Slice(12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            records.Add(Fields(data.ToArray()));
            rest = rest[(16 + length)..];
        }

        return records;
    }

    /// <summary>The protocol buffers wire format.</summary>
    private static (int Field, object Value)[] Fields(byte[] message)
    {
        var fields = new List<(int, object)>();
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint();
            object value = (key & 7) switch
            {
                0 => Varint(),
                1 => Take(8),
                2 => Take((int)Varint()),
                5 => Take(4),
                var type => throw new InvalidDataException($"wire type {type}"),
            };
            fields.Add(((int)(key >> 3), value));
        }

        return [.. fields];

        long Varint()
        {
            for (long value = 0, shift = 0; ; shift += 7)
            {
                value |= (long)(message[at] & 0x7f) << (int)shift;
                if (message[at++] < 0x80)
                {
                    return value;
                }
            }
        }

        byte[] Take(int count) => message[at..(at += count)];
    }

    private static Dictionary<string, List<(long Step, float Value)>> Scalars(
        List<(int Field, object Value)[]> events
    ) =>
        events
            .Where(each => each.Any(field => field.Field == 5))
            .SelectMany(each =>
                Fields(each.Bytes(5)).Select(value => (Step: each.Number(2), Scalar: Fields((byte[])value.Value)))
            )
            .GroupBy(each => Encoding.UTF8.GetString(each.Scalar.Bytes(1)))
            .ToDictionary(
                group => group.Key,
                group => group.Select(each => (each.Step, BitConverter.ToSingle(each.Scalar.Bytes(2)))).ToList()
            );

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }
}

/// <summary>Reads fields of a message.</summary>
internal static class MessageFields
{
    public static byte[] Bytes(this (int Field, object Value)[] message, int field) =>
        (byte[])message.Single(each => each.Field == field).Value;

    public static long Number(this (int Field, object Value)[] message, int field) =>
        (long)message.Single(each => each.Field == field).Value;
}
