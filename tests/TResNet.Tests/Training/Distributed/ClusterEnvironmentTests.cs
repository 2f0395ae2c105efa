using TResNet.Compute.Distributed;

namespace TResNet.Tests.Training.Distributed;

/// <summary>What mpirun and srun say of the processes that they start.</summary>
public sealed class ClusterEnvironmentTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=3", 3, 4)]
    [InlineData("PMI_SIZE=2 PMI_RANK=1", 1, 2)]
    [InlineData("SLURM_STEP_NUM_TASKS=16 SLURM_PROCID=9 PMIX_RANK=9", 9, 16)]
    public void A_process_finds_that_it_is_one_of_several(string variables, int rank, int size)
    {
        var found = Find(variables);
        Assert.Equal((rank, size), (found!.Rank, found.Size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0")]
    // A batch script, and what it starts without srun.
    [InlineData("SLURM_STEP_NUM_TASKS=16 SLURM_PROCID=0")]
    public void A_process_by_itself_is_alone(string variables) => Assert.Null(Find(variables));

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=two", "OMPI_COMM_WORLD_SIZE is 'two'")]
    [InlineData("OMPI_COMM_WORLD_SIZE=0", "OMPI_COMM_WORLD_SIZE is '0'")]
    [InlineData("OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=2", "OMPI_COMM_WORLD_RANK is '2'")]
    public void Variables_that_make_no_sense_are_named(string variables, string begins) =>
        Assert.StartsWith(begins, Assert.Throws<TResNetException>(() => Find(variables)).Message);

    private static ClusterEnvironment? Find(string variables)
    {
        var all = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(each => each.Split('='))
            .ToDictionary(each => each[0], each => each[1]);
        return ClusterEnvironment.Find(name => all.GetValueOrDefault(name));
    }
}
