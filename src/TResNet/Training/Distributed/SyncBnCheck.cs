using TorchSharp.Modules;
using TResNet.Building;
using TResNet.Compute.Distributed;
using TResNet.Kernels;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Refuses statistics of all processes' images where a layer has others, before the first step.</summary>
internal static class SyncBnCheck
{
    /// <param name="isAsked">Whether they are to be those of all.</param>
    /// <param name="model">The network.</param>
    /// <param name="device">What it computes on.</param>
    /// <param name="group">The processes.</param>
    /// <exception cref="TResNetException">A layer normalises by the batch in a way that does not share, or does not share there.</exception>
    public static void Require(bool isAsked, nn.Module model, Device device, ProcessGroup group)
    {
        if (!isAsked || !group.IsShared)
        {
            return;
        }

        if (model.modules().Any(module => module is EvoNormB0))
        {
            throw new TResNetException(
                "EvoNorm-B0 takes each process's own statistics, and --sync-bn is for batch normalisation and in-place ABN: leave the option out, or take norm=bn, norm=inplace_abn or norm=evonorm_s0."
            );
        }

        if (model.modules().Any(module => module is Abn or CoordinateAttention))
        {
            SyncBatchNorm.Require(device);
        }

        if (model is not Network && model.modules().Any(module => module is BatchNorm1d or BatchNorm2d or BatchNorm3d))
        {
            throw new TResNetException(
                $"The batch normalisations of {model.GetName()} are TorchSharp's own, which share no statistics: take TResNet.Layers.Abn in their place, or leave SyncBn out."
            );
        }
    }
}
