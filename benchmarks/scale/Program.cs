// ./build.sh bench scale: how long a sum over processes takes by its size, and the two constants that describe it. Starts its processes by itself.
using System.Diagnostics;
using System.Globalization;
using TResNet.Compute.Distributed;
using TResNet.Scale;

// With "link" and a network, within link.sh: where a second machine over a slow link is worth nothing.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["link", ..])
{
    return LinkCrossover.Show(args.ElementAtOrDefault(1) ?? "resnet18", 48) ? 0 : 1;
}

var isPart = args.Length > 0 && LinkCrossover.IsPart(args[0]);
if (ClusterEnvironment.Find() is null && !isPart)
{
    var processes = args is [var number] && int.TryParse(number, out var count) && count >= 2 ? count : 2;
    if (MpiLauncher.Find() is not { } mpirun)
    {
        Console.Error.WriteLine("scale needs mpirun: apt-get install openmpi-bin libopenmpi-dev, and build again.");
        return 1;
    }

    var start = MpiLauncher.Start(
        mpirun,
        processes,
        null,
        ["dotnet", typeof(Reductions).Assembly.Location],
        threads: 1
    );
    using var run = Process.Start(start)!;
    run.StandardInput.Close();
    run.WaitForExit();
    return run.ExitCode;
}

var group = ProcessGroup.Join();
if (isPart)
{
    LinkCrossover.Part(group, args);
}
else
{
    Reductions.Measure(group);
}

group.Leave();
return 0;
