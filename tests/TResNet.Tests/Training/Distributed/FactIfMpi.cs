using TResNet.Compute.Distributed;

namespace Tests;

/// <summary>A fact about several processes, skipped with the reason where nothing starts or connects them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactIfMpiAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        if (MpiLauncher.Find() is null)
        {
            return "mpirun is not there: apt-get install openmpi-bin libopenmpi-dev, and build again.";
        }

        try
        {
            MpiLibrary.Require();
            return null;
        }
        catch (TResNet.TResNetException missing)
        {
            return missing.Message;
        }
    });

    public FactIfMpiAttribute() => Skip = Missing.Value;
}
