using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>A Slurm whose only node is this machine: a controller and a node's daemon of its own, on the loopback, in a folder.</summary>
internal sealed class OneNodeSlurm : IDisposable
{
    private readonly string configuration;
    private readonly string folder;
    private readonly List<Process> daemons = [];

    public OneNodeSlurm(string folder)
    {
        this.folder = folder;
        configuration = Path.Combine(folder, "slurm.conf");
        var host = Dns.GetHostName().Split('.')[0];
        var (state, spool) = (Directory.CreateDirectory(Path.Combine(folder, "state")), Path.Combine(folder, "spool"));
        Directory.CreateDirectory(spool);
        File.WriteAllText(
            configuration,
            $"""
            ClusterName=tests
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser={Environment.UserName}
            SlurmdUser={Environment.UserName}
            AuthType=auth/none
            CredType=cred/none
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={state.FullName}
            SlurmdSpoolDir={spool}
            SlurmctldPidFile={Path.Combine(folder, "slurmctld.pid")}
            SlurmdPidFile={Path.Combine(folder, "slurmd.pid")}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES State=UP MaxTime=INFINITE

            """
        );
    }

    /// <summary>Starts both daemons and waits until the node takes jobs.</summary>
    public async Task StartAsync()
    {
        daemons.Add(Start("slurmctld", ["-D"]));
        daemons.Add(Start("slurmd", ["-D"]));
        var said = "";
        for (var attempt = 0; attempt < 300; attempt++)
        {
            said = (await Run("sinfo", "--noheader", "--format", "%T")).Trim();
            if (said == "idle")
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail($"The node is '{said}': {Log("slurmctld")}{Log("slurmd")}");
    }

    /// <summary>What one of Slurm's commands prints.</summary>
    public async Task<string> Run(string command, params string[] words)
    {
        using var process = Start(command, words);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        return await output + await errors;
    }

    /// <summary>One field of a job, as <c>scontrol</c> names it.</summary>
    public async Task<string> Field(string job, string name)
    {
        var said = await Run("scontrol", "show", "job", job);
        return said.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(word => word.StartsWith($"{name}=", StringComparison.Ordinal))
                ?[(name.Length + 1)..]
            ?? said;
    }

    public void Dispose()
    {
        foreach (var daemon in daemons)
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
    }

    private Process Start(string command, string[] words)
    {
        var log = command.EndsWith('d') ? Path.Combine(folder, $"{command}.log") : null;
        var start = new ProcessStartInfo(command)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = log is null,
            RedirectStandardError = log is null,
        };
        words.ToList().ForEach(start.ArgumentList.Add);
        if (log is not null)
        {
            start.ArgumentList.Add("-L");
            start.ArgumentList.Add(log);
        }

        start.Environment["SLURM_CONF"] = configuration;
        return Process.Start(start)!;
    }

    private string Log(string daemon) =>
        Path.Combine(folder, $"{daemon}.log") is var path && File.Exists(path) ? File.ReadAllText(path) : "";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
