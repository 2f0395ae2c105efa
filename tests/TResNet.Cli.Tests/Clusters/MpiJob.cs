using System.Text.Json.Serialization;
using k8s.Models;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>An MPIJob of the MPI operator, kubeflow.org/v2beta1, as its API has it but for the status, which nobody writes.</summary>
public sealed record MpiJob
{
    [JsonPropertyName("apiVersion")]
    public required string ApiVersion { get; init; }

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("metadata")]
    public required V1ObjectMeta Metadata { get; init; }

    [JsonPropertyName("spec")]
    public required MpiJobSpec Spec { get; init; }
}

/// <summary>What an MPIJob asks for.</summary>
public sealed record MpiJobSpec
{
    [JsonPropertyName("slotsPerWorker")]
    public int SlotsPerWorker { get; init; } = 1;

    [JsonPropertyName("runLauncherAsWorker")]
    public bool RunLauncherAsWorker { get; init; }

    [JsonPropertyName("runPolicy")]
    public RunPolicy RunPolicy { get; init; } = new();

    [JsonPropertyName("mpiReplicaSpecs")]
    public required Dictionary<MpiReplicaType, ReplicaSpec> MpiReplicaSpecs { get; init; }

    [JsonPropertyName("sshAuthMountPath")]
    public string SshAuthMountPath { get; init; } = "/root/.ssh";

    [JsonPropertyName("launcherCreationPolicy")]
    public LauncherCreationPolicy LauncherCreationPolicy { get; init; }

    [JsonPropertyName("mpiImplementation")]
    public MpiImplementation MpiImplementation { get; init; }
}

/// <summary>How long a job and its pods live.</summary>
public sealed record RunPolicy
{
    [JsonPropertyName("cleanPodPolicy")]
    public CleanPodPolicy CleanPodPolicy { get; init; }

    [JsonPropertyName("ttlSecondsAfterFinished")]
    public int? TtlSecondsAfterFinished { get; init; }

    [JsonPropertyName("activeDeadlineSeconds")]
    public long? ActiveDeadlineSeconds { get; init; }

    [JsonPropertyName("backoffLimit")]
    public int? BackoffLimit { get; init; }

    [JsonPropertyName("schedulingPolicy")]
    public SchedulingPolicy? SchedulingPolicy { get; init; }

    [JsonPropertyName("suspend")]
    public bool Suspend { get; init; }

    [JsonPropertyName("managedBy")]
    public string? ManagedBy { get; init; }
}

/// <summary>How many pods are to be had at once, of which queue.</summary>
public sealed record SchedulingPolicy
{
    [JsonPropertyName("minAvailable")]
    public int? MinAvailable { get; init; }

    [JsonPropertyName("queue")]
    public string? Queue { get; init; }

    [JsonPropertyName("minResources")]
    public Dictionary<string, ResourceQuantity>? MinResources { get; init; }

    [JsonPropertyName("priorityClass")]
    public string? PriorityClass { get; init; }

    [JsonPropertyName("scheduleTimeoutSeconds")]
    public int? ScheduleTimeoutSeconds { get; init; }
}

/// <summary>The pods of one kind.</summary>
public sealed record ReplicaSpec
{
    [JsonPropertyName("replicas")]
    public int? Replicas { get; init; }

    [JsonPropertyName("template")]
    public required V1PodTemplateSpec Template { get; init; }

    [JsonPropertyName("restartPolicy")]
    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.Never;
}

/// <summary>The kinds of pods.</summary>
public enum MpiReplicaType
{
    Launcher,
    Worker,
}

/// <summary>What is deleted when a job has ended.</summary>
public enum CleanPodPolicy
{
    None,
    Running,
    All,
}

/// <summary>Which containers are started anew; the operator takes these two alone.</summary>
public enum RestartPolicy
{
    Never,
    OnFailure,
}

/// <summary>When the launcher is made.</summary>
public enum LauncherCreationPolicy
{
    AtStartup,
    WaitForWorkersReady,
}

/// <summary>Whose mpirun the operator prepares for.</summary>
public enum MpiImplementation
{
    OpenMPI,
    Intel,
    MPICH,
}
