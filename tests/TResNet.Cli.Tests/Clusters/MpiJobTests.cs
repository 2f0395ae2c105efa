using System.Text.RegularExpressions;
using k8s;
using TResNet.Cli.Tests.Packages;
using YamlDotNet.Core;

namespace TResNet.Cli.Tests.Clusters;

/// <summary>docs/scale/mpijob.yaml is what the MPI operator and Kubernetes take: unknown fields and values are refused, pods by Kubernetes' own types.</summary>
public sealed partial class MpiJobTests
{
    private static readonly string Manifest = File.ReadAllText(
        Path.Combine(PackageFeed.Root, "docs", "scale", "mpijob.yaml")
    );

    [Fact]
    public void The_operator_takes_the_manifest()
    {
        var job = Read(Manifest);

        Assert.Equal(("kubeflow.org/v2beta1", "MPIJob"), (job.ApiVersion, job.Kind));
        var (launcher, worker) = (
            job.Spec.MpiReplicaSpecs[MpiReplicaType.Launcher],
            job.Spec.MpiReplicaSpecs[MpiReplicaType.Worker]
        );
        Assert.Equal(1, launcher.Replicas);
        Assert.True(worker.Replicas >= 1);
        Assert.True(job.Spec.SlotsPerWorker >= 1);
        // The longest name of a pod is a label of DNS (RFC 1035).
        Assert.Matches(Label(), $"{job.Metadata.Name}-worker-{worker.Replicas - 1}");
        foreach (var pods in job.Spec.MpiReplicaSpecs.Values)
        {
            Assert.NotEmpty(pods.Template.Spec.Containers);
            foreach (var container in pods.Template.Spec.Containers)
            {
                Assert.Matches(Label(), container.Name);
                Assert.NotEmpty(container.Image);
                // What is mounted is there.
                Assert.Subset(
                    pods.Template.Spec.Volumes.Select(volume => volume.Name).ToHashSet(),
                    container.VolumeMounts.Select(mount => mount.Name).ToHashSet()
                );
            }
        }
    }

    [Fact]
    public void A_worker_has_a_GPU_for_each_of_its_processes_and_all_see_the_run()
    {
        var job = Read(Manifest);

        var worker = job.Spec.MpiReplicaSpecs[MpiReplicaType.Worker].Template.Spec.Containers.Single();
        Assert.Equal(job.Spec.SlotsPerWorker, worker.Resources.Limits["nvidia.com/gpu"].ToInt32());
        Assert.All(
            job.Spec.MpiReplicaSpecs.Values,
            pods => Assert.Contains(pods.Template.Spec.Containers.Single().VolumeMounts, m => m.MountPath == "/shared")
        );
    }

    [Theory]
    [InlineData("slotsPerWorker:", "slotPerWorker:")]
    [InlineData("cleanPodPolicy: Running", "cleanPodPolicy: Always")]
    [InlineData("Worker:", "Workers:")]
    [InlineData("volumeMounts:", "volumeMount:")]
    [InlineData("replicas: 2", "replicas: two")]
    [InlineData("memory: 256Gi", "memory: 256Gb")]
    public void A_slip_is_refused(string right, string wrong)
    {
        Assert.Contains(right, Manifest);

        Assert.ThrowsAny<YamlException>(() => Read(Manifest.Replace(right, wrong)));
    }

    private static MpiJob Read(string yaml) => KubernetesYaml.Deserialize<MpiJob>(yaml, strict: true);

    [GeneratedRegex(@"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex Label();
}
