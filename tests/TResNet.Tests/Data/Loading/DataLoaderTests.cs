using TorchSharp;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Profiling.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Data.Loading;

public sealed class DataLoaderTests
{
    private static readonly int[][] Batches = [.. Enumerable.Range(0, 35).Chunk(4)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Batches_come_in_order_whatever_the_number_of_threads(int workers)
    {
        using var loader = new DataLoader(new Numbers(35), Batches, epoch: 3, workers);

        var seen = loader.Select(batch => (batch.Indices.ToArray(), Values(batch))).ToArray();

        Assert.Equal(Batches, seen.Select(batch => batch.Item1));
        Assert.Equal(Batches.Select(batch => batch.Select(i => i + 300f)), seen.Select(batch => batch.Item2));
    }

    [Fact]
    public void Batches_are_shuffled_by_seed_and_epoch()
    {
        Assert.Equal(Batches, Indices(seed: 1, epoch: 1, shuffle: false));
        Assert.Equal(Indices(seed: 1, epoch: 1), Indices(seed: 1, epoch: 1));
        Assert.NotEqual(Indices(seed: 1, epoch: 1), Indices(seed: 1, epoch: 2));
        Assert.NotEqual(Indices(seed: 1, epoch: 1), Indices(seed: 2, epoch: 1));
        Assert.Equal(32, Indices(seed: 1, epoch: 1, dropLast: true).Sum(batch => batch.Length));

        static int[][] Indices(long seed, int epoch, bool shuffle = true, bool dropLast = false)
        {
            using var loader = new DataLoader(new Numbers(35), 4, shuffle, epoch, seed: seed, dropLast: dropLast);
            return [.. loader.Select(batch => batch.Indices.ToArray())];
        }
    }

    [Fact]
    public void A_data_set_in_memory_gives_the_same_batches_as_without_a_loader()
    {
        var data = FashionMnist.Load(FashionMnistSplit.Validation).FitTo(3, 32, 32);
        using var loader = new DataLoader(data, Batches, epoch: null);

        var all = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = data.GetBatch(Batches[all++]);
            Assert.True(images.Equals(batch.Images));
            Assert.True(labels.Equals(batch.Labels));
        }

        Assert.Equal(Batches.Length, all);
    }

    [Fact]
    public void No_more_than_two_batches_are_made_ahead()
    {
        var data = new Numbers(35);
        using var loader = new DataLoader(data, Batches, epoch: 1, numWorkers: 3);
        using var batches = loader.GetEnumerator();

        Assert.True(batches.MoveNext());
        Assert.True(SpinWait.SpinUntil(() => data.Reads == 12, TimeSpan.FromSeconds(30)));
        Thread.Sleep(50);

        Assert.Equal(12, data.Reads);
    }

    [Fact]
    public void An_exception_of_a_thread_reaches_the_loop_at_its_batch_and_names_the_first_image()
    {
        var data = new Numbers(35) { Broken = [13, 14] };
        using var loader = new DataLoader(data, Batches, epoch: 1, numWorkers: 3);
        var taken = 0;

        var error = Assert.Throws<TResNetException>(() =>
        {
            foreach (var batch in loader)
            {
                taken++;
            }
        });

        Assert.Equal("Image 13 is broken.", error.Message);
        Assert.Equal(3, taken);
    }

    [Fact]
    public void An_exception_of_the_order_of_batches_reaches_the_loop()
    {
        using var loader = new DataLoader(new Numbers(4), Failing(), epoch: 1);

        Assert.Throws<TResNetException>(() => loader.Count());

        static IEnumerable<int[]> Failing()
        {
            yield return [0, 1];
            throw new TResNetException("There are no more.");
        }
    }

    [Fact]
    public void Cancelling_ends_the_wait_for_a_batch()
    {
        using var cancel = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var data = new Numbers(35) { Hold = release };
        using var loader = new DataLoader(data, Batches, epoch: 1, numWorkers: 2, cancel.Token);

        cancel.CancelAfter(500);
        Assert.Throws<OperationCanceledException>(() => loader.Count());

        Assert.InRange(loader.Waited, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30));
        release.Set();
    }

    [Fact]
    public void Nothing_is_left_behind_by_a_loader_that_is_left_early()
    {
        var data = new Numbers(35);
        var before = LiveTensors.Settled();
        using (var loader = new DataLoader(data, Batches, epoch: 1, numWorkers: 3))
        {
            foreach (var batch in loader)
            {
                break;
            }
        }

        LiveTensors.AssertNoneBeyond(before);
        var read = data.Reads;
        Thread.Sleep(20);
        Assert.Equal(read, data.Reads);
    }

    [Fact]
    public void A_batch_is_freed_when_the_next_is_asked_for()
    {
        var before = LiveTensors.Settled();
        var most = 0L;
        using (var loader = new DataLoader(new Numbers(400), Enumerable.Range(0, 400).Chunk(4), epoch: 1))
        {
            most = loader.Max(_ => Tensor.TotalCount - before);
        }

        // Memory, images and labels of the one that is seen, of two ahead, and of one on its way.
        Assert.InRange(most, 3, 12);
        LiveTensors.AssertNoneBeyond(before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void A_number_of_threads_out_of_range_gives_one_sentence(int workers)
    {
        var error = Assert.Throws<TResNetException>(() => new DataLoader(new Numbers(4), Batches, 1, workers));

        Assert.Equal(
            $"{workers} workers were asked for, but it has to be from 1 to 256, or 0 for one a processor; choose another number.",
            error.Message
        );
    }

    private static float[] Values(ImageBatch batch) => batch.Images.data<float>().ToArray();

    /// <summary>Images of one pixel, whose value is their index and a hundred times the epoch; which take their time.</summary>
    private sealed class Numbers(int count) : ImageDataset
    {
        private static readonly int[] Zero = [0];
        private int reads;

        public int Reads => Volatile.Read(ref reads);

        public int[] Broken { get; init; } = [];

        public ManualResetEventSlim? Hold { get; init; }

        public override string Name => "numbers";

        public override int Count => count;

        public override IReadOnlyList<string> Classes => ["number", "other"];

        public override int Channels => 1;

        public override int Height => 1;

        public override int Width => 1;

        public override ReadOnlySpan<int> LabelsOf(int index) => Zero;

        public override bool Read(int index, int? epoch, Span<float> values)
        {
            Hold?.Wait();
            // The later images of a batch are done first, if threads let them.
            Thread.SpinWait((4 - index % 4) * 200);
            Interlocked.Increment(ref reads);
            values[0] = Broken.Contains(index)
                ? throw new TResNetException($"Image {index} is broken.")
                : index + 100 * (epoch ?? 0);
            return true;
        }
    }
}
