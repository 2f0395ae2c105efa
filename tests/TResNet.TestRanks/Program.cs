// Is started several times by mpirun: what all processes do together is compared with what one does alone. A line for each check, of process 0.
using TResNet.Compute.Distributed;
using TResNet.TestRanks;

var group = ProcessGroup.Join();
try
{
    foreach (var (name, check) in Checks.Of(group, args))
    {
        check();
        if (group.IsFirst)
        {
            Console.WriteLine($"ok {name}");
        }
    }
}
catch (Exception failure)
{
    Console.WriteLine($"failed in process {group.Rank}: {failure}");
    group.Abort(1);
}

group.Leave();
