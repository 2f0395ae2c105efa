using TorchSharp;
using TResNet.Architectures;
using TResNet.Interactive.Commands;
using TResNet.Profiling.Ablation;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Interactive.Profile;

/// <summary>Trains the networks of an ablation from the same seeds.</summary>
/// <param name="steps">The networks.</param>
/// <param name="plan">How to train.</param>
/// <param name="side">Height and width of the images in pixels.</param>
/// <param name="device">Where.</param>
internal sealed class AblationTraining(IReadOnlyList<AblationStep> steps, AccuracyPlan plan, int side, Device device)
{
    /// <summary>The side of the images where nobody names another.</summary>
    public const int UsualSide = 32;

    private const int StemWidth = 16;

    private readonly List<double>[] accuracies = [.. steps.Select(_ => new List<double>())];

    /// <summary>The share of validation images classified rightly after the last epoch, 0 to 1: of each network, seed by seed.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Accuracies => accuracies;

    /// <summary>By what the widths of a network are divided: as often by 2 as its stem keeps 16 channels and all widths stay whole.</summary>
    public static int Divisor(StagedArchitecture network)
    {
        // What groups and inner widths are made of does not divide.
        if (network.Stages.Any(stage => stage.Groups != 1 || stage.InnerWidth is not null))
        {
            return 1;
        }

        var divisor = 1;
        while (
            network.Stem.Width / (2 * divisor) >= StemWidth
            && network.Stages.Select(stage => stage.Width).Append(network.Stem.Width).All(w => w % (2 * divisor) == 0)
        )
        {
            divisor *= 2;
        }

        return divisor;
    }

    /// <summary>Trains all networks from one seed after the other.</summary>
    /// <param name="said">Told before each training: network, seed from 1, and the share that is done.</param>
    /// <param name="cancel">Honoured between two steps.</param>
    /// <returns>Whether it was cancelled: what was finished until then is in <see cref="Accuracies"/>.</returns>
    public bool Run(Action<int, int, double> said, CancellationToken cancel)
    {
        for (var seed = 0; seed < plan.Seeds; seed++)
        {
            for (var number = 0; number < steps.Count; number++)
            {
                said(number, seed + 1, (seed * steps.Count + number) / (double)(plan.Seeds * steps.Count));
                if (Train(number, seed, cancel) is not { } accuracy)
                {
                    return true;
                }

                accuracies[number].Add(accuracy);
            }
        }

        return false;
    }

    private double? Train(int number, int seed, CancellationToken cancel)
    {
        var options = plan.Options with { Seed = plan.Options.Seed + seed };
        manual_seed(options.Seed);
        using var network = CommonOptions.New(Narrow(steps[number].Architecture), plan.Data.Classes.Count, inChans: 3);
        network.CheckInputSize(side, side);
        network.to(device);
        var images = network.DataConfig with { InputSize = side };
        var (train, validation) = plan.Data.FitTo(network, images, options.Seed);
        var run = new Trainer(network, train, validation, options).Fit(cancel: cancel);
        return run.Interrupted ? null : run.Top1;
    }

    private static StagedArchitecture Narrow(StagedArchitecture network)
    {
        var divisor = Divisor(network);
        return network with
        {
            Stem = network.Stem with { Width = network.Stem.Width / divisor },
            Stages = [.. network.Stages.Select(stage => stage with { Width = stage.Width / divisor })],
        };
    }
}
