namespace TResNet.Compute;

/// <summary>How many processors this process computes and loads images with: those that it may run on, divided among the processes of one training on this machine.</summary>
internal static class Processors
{
    private const double Rounding = 1e-6;
    private static double share = 1;

    /// <summary>At least 1.</summary>
    public static int Count => Math.Max(1, (int)(Environment.ProcessorCount * share + Rounding));

    /// <summary>Leaves the rest to other processes.</summary>
    /// <param name="part">What of all is this process's, above 0 and at most 1.</param>
    public static void Take(double part) => share = part;
}
