using static TResNet.Compute.Distributed.MpiLibrary;

namespace TResNet.Compute.Distributed;

/// <summary>Processes that MPI connects.</summary>
internal sealed unsafe class MpiGroup : ProcessGroup
{
    private readonly int rank;
    private readonly int size;
    private readonly int localRank;
    private bool hasLeft;

    private MpiGroup(int rank, int size, int localRank) =>
        (this.rank, this.size, this.localRank) = (rank, size, localRank);

    public override int Rank => rank;

    public override int Size => size;

    public override int LocalRank => localRank;

    public override string Transport => Name();

    /// <summary>Joins the others; waits until all of them have come.</summary>
    /// <exception cref="TResNetException">The library does not load, or knows other processes than the program that started them.</exception>
    public static MpiGroup Join(ClusterEnvironment others)
    {
        Require();
        Check(tresnet_mpi_init(out var rank, out var size), "MPI's start");
        if (size != others.Size)
        {
            throw new TResNetException(
                $"{others.Source} says that there are {others.Size} processes, and MPI sees {size}: the program that starts them has to be that of the MPI that TResNet was built with ({Name()}); with Slurm, srun --mpi=pmix."
            );
        }

        Check(tresnet_mpi_machine(out var localRank, out _, out var share), "A look at who shares this machine");
        Processors.Take(share);
        OpenMPEnvironment.Take();
        return new MpiGroup(rank, size, localRank);
    }

    public override IPendingReduction AllReduce(
        MpiChannel channel,
        nint values,
        long count,
        MpiType type,
        MpiOperation operation
    )
    {
        Check(
            tresnet_mpi_allreduce(channel, (void*)values, count, type, operation, out var request),
            $"A sum of {count} values"
        );
        return new Pending(request);
    }

    public override void Broadcast(nint values, long bytes, int root) =>
        Check(tresnet_mpi_broadcast((void*)values, bytes, root), $"A broadcast of {bytes} bytes");

    public override void Barrier() => Check(tresnet_mpi_barrier(), "A barrier");

    public override void Progress() => Check(tresnet_mpi_progress(), "What is under way");

    public override void Abort(int code) => _ = tresnet_mpi_abort(code);

    public override void Leave()
    {
        if (!hasLeft)
        {
            hasLeft = true;
            _ = tresnet_mpi_finalize();
        }
    }

    protected override void AllGatherAlike(nint own, long bytes, nint all) =>
        Check(tresnet_mpi_allgather((void*)own, bytes, (void*)all), $"A gathering of {bytes} bytes");

    private sealed class Pending(nint request) : IPendingReduction
    {
        private nint request = request;

        public void Wait() => Check(tresnet_mpi_wait(ref request), "A sum");
    }
}
