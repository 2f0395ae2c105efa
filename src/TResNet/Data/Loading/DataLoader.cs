// Batches made ahead of their use by threads that share the images of a batch. Which images and what becomes of them is the data set's affair, so
// batches are the same whatever the number of threads.

using System.Collections;
using System.Diagnostics;
using TResNet.Compute;

namespace TResNet.Data.Loading;

/// <summary>The batches of one epoch, in order, made by other threads. Dispose it to stop them.</summary>
/// <example><code>
/// using var loader = new DataLoader(train, batchSize: 64, shuffle: true, epoch: 1);
/// foreach (var batch in loader)     // lives until the next one is asked for: clone what has to last
/// {
///     Step(batch.Images, batch.Labels);
/// }
///
/// Console.WriteLine(loader.Waited); // how long the loop stood still for want of data
/// </code></example>
public sealed class DataLoader : IEnumerable<ImageBatch>, IDisposable
{
    /// <summary>The most threads.</summary>
    public const int MaxWorkers = 256;

    // One that is next and one that is being made keep every thread busy, and no more memory is taken however many threads there are.
    private const int Ahead = 2;

    private readonly object gate = new();
    private readonly ImageDataset data;
    private readonly int? epoch;
    private readonly IEnumerator<int[]> batches;
    private readonly CancellationToken cancel;
    private readonly CancellationTokenRegistration cancelled;
    private readonly Thread[] workers;
    private readonly Queue<PendingBatch> pending = new();
    private readonly BatchMemory memory;
    private readonly bool pinned;
    private readonly Stopwatch waiting = new();
    private ImageBatch? delivered;
    private bool exhausted;
    private bool stopped;
    private bool enumerated;

    /// <summary>Starts to make batches.</summary>
    /// <param name="data">Where the images come from.</param>
    /// <param name="batchSize">Images in a batch; at least 1.</param>
    /// <param name="shuffle">Whether the order is random, another in each epoch; else it is that of the data set.</param>
    /// <param name="epoch">The epoch of training, from 1; null for images as evaluation sees them.</param>
    /// <param name="numWorkers">Threads that make batches, 1 to 256; 0 for as many as there are processors.</param>
    /// <param name="seed">With the epoch, decides the order.</param>
    /// <param name="dropLast">Whether images that do not fill a batch are left out; else the last batch is smaller.</param>
    /// <param name="cancel">Ends the waiting for the next batch.</param>
    /// <param name="pinMemory">
    /// Whether batches lie in pinned memory, from which a CUDA GPU copies while the host goes on: wait for the copy before the next batch is asked for.
    /// </param>
    /// <exception cref="TResNetException">The batch size or the number of threads is out of range.</exception>
    public DataLoader(
        ImageDataset data,
        int batchSize,
        bool shuffle = false,
        int? epoch = null,
        int numWorkers = 0,
        long seed = 0,
        bool dropLast = false,
        CancellationToken cancel = default,
        bool pinMemory = false
    )
        : this(
            data,
            BatchSampler.Batches(data.Count, batchSize, shuffle, seed, epoch ?? 0, dropLast),
            epoch,
            numWorkers,
            cancel,
            pinMemory
        ) { }

    /// <summary>Starts to make the batches of an order of the caller's own.</summary>
    /// <param name="data">Where the images come from.</param>
    /// <param name="batches">The image indices of each batch.</param>
    /// <param name="epoch">The epoch of training, from 1; null for images as evaluation sees them.</param>
    /// <param name="numWorkers">Threads that make batches, 1 to 256; 0 for as many as there are processors.</param>
    /// <param name="cancel">Ends the waiting for the next batch.</param>
    /// <param name="pinMemory">Whether batches lie in pinned memory.</param>
    /// <exception cref="TResNetException">The number of threads is out of range.</exception>
    public DataLoader(
        ImageDataset data,
        IEnumerable<int[]> batches,
        int? epoch,
        int numWorkers = 0,
        CancellationToken cancel = default,
        bool pinMemory = false
    )
    {
        (this.data, this.epoch, this.cancel, pinned) = (data, epoch, cancel, pinMemory);
        memory = new BatchMemory(pinMemory);
        workers = new Thread[RequireWorkers(numWorkers)];
        this.batches = batches.GetEnumerator();
        cancelled = cancel.Register(Wake);
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true, Name = $"data loader {i}" };
            workers[i].Start();
        }
    }

    /// <summary>How long the one who takes the batches has stood waiting for them, in total.</summary>
    public TimeSpan Waited => waiting.Elapsed;

    /// <summary>The number of threads.</summary>
    public int NumWorkers => workers.Length;

    /// <summary>The number of threads that a number asks for: 0 is one for each processor of this process, which shares them with others of its training.</summary>
    /// <exception cref="TResNetException">It is out of range.</exception>
    public static int RequireWorkers(int workers) =>
        workers switch
        {
            0 => Math.Min(Processors.Count, MaxWorkers),
            >= 1 and <= MaxWorkers => workers,
            _ => throw new TResNetException(
                $"{workers} workers were asked for, but it has to be from 1 to {MaxWorkers}, or 0 for one a processor; choose another number."
            ),
        };

    /// <summary>The batches, once. Each is freed when the next one is asked for.</summary>
    /// <exception cref="InvalidOperationException">They were asked for before.</exception>
    public IEnumerator<ImageBatch> GetEnumerator()
    {
        if (enumerated)
        {
            throw new InvalidOperationException("The batches of a loader can be taken once; make another loader.");
        }

        enumerated = true;
        while (Next() is { } batch)
        {
            delivered = batch;
            yield return batch;
            batch.Dispose();
            delivered = null;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops the threads, waits for them, and frees what was made ahead.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }

        cancelled.Dispose();
        foreach (var worker in workers)
        {
            worker.Join();
        }

        foreach (var pending in this.pending)
        {
            pending.Dispose();
        }

        this.pending.Clear();
        delivered?.Dispose();
        memory.Dispose();
        batches.Dispose();
    }

    private ImageBatch? Next()
    {
        PendingBatch? done;
        waiting.Start();
        try
        {
            lock (gate)
            {
                while (!(pending.TryPeek(out done) ? done.IsDone : exhausted))
                {
                    ObjectDisposedException.ThrowIf(stopped, this);
                    cancel.ThrowIfCancellationRequested();
                    Monitor.Wait(gate);
                }

                ObjectDisposedException.ThrowIf(stopped, this);
                cancel.ThrowIfCancellationRequested();
                pending.TryDequeue(out _);
                Monitor.PulseAll(gate);
            }
        }
        finally
        {
            waiting.Stop();
        }

        return done?.Take();
    }

    private void Work()
    {
        while (Claim() is var (pending, row))
        {
            if (pending.Read(row))
            {
                pending.Finish();
                Wake();
            }
        }
    }

    /// <summary>Waits for something to do.</summary>
    /// <returns>The first of some images of a batch; null when there is nothing left, or nobody wants it.</returns>
    private (PendingBatch Batch, int Row)? Claim()
    {
        lock (gate)
        {
            while (!stopped && !cancel.IsCancellationRequested)
            {
                foreach (var pending in this.pending)
                {
                    if (pending.Claim() is { } row)
                    {
                        return (pending, row);
                    }
                }

                if (exhausted)
                {
                    return null;
                }

                if (this.pending.Count < Ahead)
                {
                    Begin();
                }
                else
                {
                    Monitor.Wait(gate);
                }
            }

            return null;
        }
    }

    /// <summary>Puts the next batch into the queue; an error in its place where it cannot be begun.</summary>
    private void Begin()
    {
        try
        {
            if (batches.MoveNext())
            {
                pending.Enqueue(new PendingBatch(data, batches.Current, epoch, memory, pinned));
            }
            else
            {
                exhausted = true;
            }
        }
        catch (Exception error)
        {
            pending.Enqueue(PendingBatch.Failed(error));
            exhausted = true;
        }

        Monitor.PulseAll(gate);
    }

    private void Wake()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }
}
