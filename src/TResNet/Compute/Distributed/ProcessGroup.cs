using System.Runtime.InteropServices;

namespace TResNet.Compute.Distributed;

/// <summary>
/// The processes that train one network together. All of them make the same calls in the same order; a call ends when all have made it. Alone, each
/// call gives back what it was given.
/// </summary>
internal abstract class ProcessGroup
{
    /// <summary>A process that is alone.</summary>
    public static ProcessGroup Alone { get; } = new SingleProcess();

    /// <summary>The processes of this program: <see cref="Alone"/> until it has joined others.</summary>
    public static ProcessGroup Current { get; private set; } = Alone;

    /// <summary>Which of the processes this is, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are.</summary>
    public abstract int Size { get; }

    /// <summary>Which of those on its machine this is, from 0: it takes that machine's GPU of the number.</summary>
    public abstract int LocalRank { get; }

    /// <summary>Whether there are others.</summary>
    public bool IsShared => Size > 1;

    /// <summary>Whether this is the one that writes and shows.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>What carries messages, in a few words.</summary>
    public abstract string Transport { get; }

    /// <summary>Joins the processes that were started together with this one; nothing where it is alone, or has joined already.</summary>
    /// <exception cref="TResNetException">There are others and no MPI, or the environment makes no sense.</exception>
    public static ProcessGroup Join()
    {
        if (Current == Alone && ClusterEnvironment.Find() is { } others)
        {
            Current = MpiGroup.Join(others);
        }

        return Current;
    }

    /// <summary>Where this process's part of so many things begins, and where the next one's does; parts differ by one at most.</summary>
    public (int Start, int End) PartOf(int count) =>
        ((int)((long)count * Rank / Size), (int)((long)count * (Rank + 1) / Size));

    /// <summary>Starts to put the sum of all processes' values in the place of each. The memory has to stay where it is meanwhile.</summary>
    /// <param name="channel">Reductions of one are started in the same order by all.</param>
    /// <param name="values">Where the values are.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">Their type.</param>
    /// <param name="operation">What is made of them.</param>
    public abstract IPendingReduction AllReduce(
        MpiChannel channel,
        nint values,
        long count,
        MpiType type,
        MpiOperation operation = MpiOperation.Sum
    );

    /// <summary>Puts the sum of all processes' values, or the greatest, in the place of each.</summary>
    public unsafe void AllReduce(
        Span<double> values,
        MpiChannel channel = MpiChannel.Control,
        MpiOperation operation = MpiOperation.Sum
    )
    {
        if (IsShared)
        {
            fixed (double* first = values)
            {
                AllReduce(channel, (nint)first, values.Length, MpiType.Double, operation).Wait();
            }
        }
    }

    /// <summary>The sum of a number of each process.</summary>
    public double Sum(double value)
    {
        AllReduce(new Span<double>(ref value));
        return value;
    }

    /// <summary>Whether one of the processes says yes.</summary>
    public bool Any(bool value)
    {
        var greatest = value ? 1.0 : 0;
        AllReduce(new Span<double>(ref greatest), operation: MpiOperation.Max);
        return greatest > 0;
    }

    /// <summary>Gives all processes what one of them has.</summary>
    /// <param name="values">Where the bytes are, or go.</param>
    /// <param name="bytes">How many; the same for all.</param>
    /// <param name="root">Who has them.</param>
    public abstract void Broadcast(nint values, long bytes, int root = 0);

    /// <summary>The bytes of each process, in the order of their ranks, on all of them.</summary>
    public unsafe byte[][] AllGather(ReadOnlySpan<byte> own)
    {
        if (!IsShared)
        {
            return [own.ToArray()];
        }

        var lengths = new long[Size];
        long length = own.Length;
        fixed (long* first = lengths)
        {
            AllGatherAlike((nint)(&length), sizeof(long), (nint)first);
        }

        var all = new byte[Size][];
        for (var root = 0; root < Size; root++)
        {
            all[root] = root == Rank ? own.ToArray() : new byte[checked((int)lengths[root])];
            fixed (byte* values = all[root])
            {
                Broadcast((nint)values, lengths[root], root);
            }
        }

        return all;
    }

    /// <summary>A text of each process, in the order of their ranks.</summary>
    public string[] AllGather(string own) =>
        Array.ConvertAll(AllGather(System.Text.Encoding.UTF8.GetBytes(own)), System.Text.Encoding.UTF8.GetString);

    /// <summary>Waits until all processes have come here.</summary>
    public abstract void Barrier();

    /// <summary>
    /// Has the first process do what others may then find done, such as a download; then the first of each other machine, whose files may be its own, and
    /// then the rest.
    /// </summary>
    /// <param name="work">What each does in its turn.</param>
    public T InTurns<T>(Func<T> work)
    {
        const int Last = 2;
        var turn =
            IsFirst ? 0
            : LocalRank == 0 ? 1
            : Last;
        for (var before = 0; before < turn; before++)
        {
            Barrier();
        }

        var result = work();
        for (var after = turn; after < Last; after++)
        {
            Barrier();
        }

        return result;
    }

    /// <summary>Whether nothing more is done together, so that a process may stop by itself and leave.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>All processes have come to the end of what they do together, at the same place.</summary>
    public void End() => HasEnded = true;

    /// <summary>
    /// Moves what is under way on, and sleeps for a twentieth of a millisecond: MPI does nothing while nobody calls it, so a thread does so while others compute.
    /// </summary>
    public virtual void Progress() { }

    /// <summary>Ends all processes at once, and does not come back.</summary>
    public abstract void Abort(int code);

    /// <summary>Leaves the others, as the last thing that the program does.</summary>
    public virtual void Leave() { }

    /// <summary>Puts equally many bytes of each process one behind the other.</summary>
    protected abstract void AllGatherAlike(nint own, long bytes, nint all);

    private sealed class SingleProcess : ProcessGroup
    {
        public override int Rank => 0;

        public override int Size => 1;

        public override int LocalRank => 0;

        public override string Transport => "none";

        public override IPendingReduction AllReduce(
            MpiChannel channel,
            nint values,
            long count,
            MpiType type,
            MpiOperation operation
        ) => new Done();

        public override void Broadcast(nint values, long bytes, int root) { }

        public override void Barrier() { }

        public override void Abort(int code) => Environment.Exit(code);

        protected override unsafe void AllGatherAlike(nint own, long bytes, nint all) =>
            NativeMemory.Copy((void*)own, (void*)all, checked((nuint)bytes));

        private sealed class Done : IPendingReduction
        {
            public void Wait() { }
        }
    }
}

/// <summary>A reduction under way.</summary>
internal interface IPendingReduction
{
    /// <summary>Waits until it is.</summary>
    void Wait();
}
