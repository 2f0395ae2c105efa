// A batch in parts that several threads can do at once. What a part gives does not depend on who does it or when.

namespace TResNet.Data;

/// <summary>A batch that is being made. Disposed before it is finished, it leaves nothing behind.</summary>
internal abstract class BatchWork : IDisposable
{
    /// <summary>How many parts there are.</summary>
    public abstract int Parts { get; }

    /// <summary>Does one part, each of which is done once. Safe from several threads.</summary>
    public abstract void Do(int part);

    /// <summary>The batch, after all parts are done. It is the caller's.</summary>
    public abstract ImageBatch Finish();

    public virtual void Dispose() { }

    /// <summary>All of it on this thread.</summary>
    public ImageBatch DoAll()
    {
        using (this)
        {
            for (var part = 0; part < Parts; part++)
            {
                Do(part);
            }

            return Finish();
        }
    }
}

/// <summary>A batch that is made in one go.</summary>
internal sealed class WholeBatch(Func<ImageBatch> make) : BatchWork
{
    private ImageBatch? _batch;

    public override int Parts => 1;

    public override void Do(int part) => _batch = make();

    public override ImageBatch Finish()
    {
        var batch = _batch!;
        _batch = null;
        return batch;
    }

    public override void Dispose() => _batch?.Dispose();
}
