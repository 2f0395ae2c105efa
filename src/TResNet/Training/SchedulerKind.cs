namespace TResNet.Training;

/// <summary>Schedules of the learning rate, with timm's names. States have their numbers, so new ones come last.</summary>
public enum SchedulerKind
{
    /// <summary>Up from a 25th of the maximum and down to nearly nothing, both as half a cosine (arXiv 1708.07120).</summary>
    OneCycle,

    /// <summary>Straight up, then down to nothing as half a cosine (arXiv 1608.03983).</summary>
    Cosine,

    /// <summary>Multiplied by a factor every few epochs.</summary>
    Step,

    /// <summary>Multiplied by a factor at epochs that are named.</summary>
    MultiStep,

    /// <summary>Down to nothing as a power of the share that is left.</summary>
    Poly,

    /// <summary>Multiplied by a factor where top-1 has not risen for some epochs.</summary>
    Plateau,
}

/// <summary>What a schedule knows of.</summary>
internal static class SchedulerTraits
{
    /// <summary>Whether it ends at a least learning rate, where it may stay for some epochs more.</summary>
    public static bool CoolsDown(this SchedulerKind kind) => kind is SchedulerKind.Cosine or SchedulerKind.Poly;

    /// <summary>Whether it has a least learning rate.</summary>
    public static bool HasMinLr(this SchedulerKind kind) => kind.CoolsDown() || kind == SchedulerKind.Plateau;

    /// <summary>Whether its warm-up begins at a learning rate of its own.</summary>
    public static bool HasWarmupLr(this SchedulerKind kind) => kind != SchedulerKind.OneCycle;

    /// <summary>Whether it has a factor, or a power.</summary>
    public static bool HasDecayRate(this SchedulerKind kind) =>
        kind is SchedulerKind.Step or SchedulerKind.MultiStep or SchedulerKind.Poly or SchedulerKind.Plateau;

    /// <summary>Whether its warm-up may be a share of all steps.</summary>
    public static bool HasWarmUpShare(this SchedulerKind kind) =>
        kind is SchedulerKind.OneCycle or SchedulerKind.Cosine;
}
