using System.CommandLine;
using Notebook;
using TorchSharp;
using TResNet.Building;
using TResNet.Compute.Distributed;
using static TorchSharp.torch;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says which processor computes.</summary>
internal static class DeviceOption
{
    private const string Fastest = "auto";

    public static Option<string> Create()
    {
        var option = CommonOptions.Make(
            "--device",
            "What computes: cpu, cuda, or cuda:1 for the second GPU; auto takes a GPU where there is one.",
            Fastest,
            "device"
        );
        option.CompletionSources.Add(Fastest, "cpu", "cuda");
        return option;
    }

    /// <summary>Moves a network to the device that was asked for.</summary>
    /// <exception cref="CommandException">There is no such device here.</exception>
    public static void Place(Network network, string device) => network.to(Find(device));

    /// <summary>The device that was asked for.</summary>
    /// <exception cref="CommandException">There is no such device here.</exception>
    public static Device Find(string device)
    {
        var gpus = cuda.device_count();
        if (device is "cpu" || (device is Fastest && gpus == 0))
        {
            return CPU;
        }

        var index =
            device is Fastest or "cuda" ? ProcessGroup.Current.LocalRank % Math.Max(1, gpus)
            : device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(device.AsSpan(5), out var number)
                ? number
            : throw new CommandException(
                $"--device cannot be '{device}': take auto, cpu, cuda, or cuda:1 for the second GPU."
            );
        return (uint)index < (uint)gpus
            ? new Device(DeviceType.CUDA, index)
            : throw new CommandException(
                gpus == 0
                    ? $"--device {device} needs an NVIDIA GPU and a libtorch built for CUDA, and the doctor command finds neither: take cpu, or leave it out."
                    : $"--device {device} is not there: the GPUs are cuda:0 to cuda:{gpus - 1}."
            );
    }
}
