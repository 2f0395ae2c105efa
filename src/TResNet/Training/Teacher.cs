using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// A network that tells another in training what it sees. It gets the images of the training, augmented and mixed, in its own size and with its own mean and
/// standard deviation, and answers in evaluation mode, without gradients. It is not optimised: a plan is chosen by timing, and a run is to have the same bits
/// when it goes on.
/// </summary>
internal sealed class Teacher : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> model;
    private readonly ComputeType computeType;
    private readonly Placement placement;
    private readonly ModeScope mode;
    private readonly TeacherImages? images;
    private TeacherDescription? description;

    private Teacher(nn.Module<Tensor, Tensor> model, ImageDataset train, ComputeType computeType)
    {
        (this.model, this.computeType, placement) = (model, computeType, Placement.Of(model));
        mode = new ModeScope(model, training: false);
        images = model is Network network ? new TeacherImages(network, train, placement.Device) : null;
    }

    /// <summary>Where it computes.</summary>
    public Device Device => placement.Device;

    /// <summary>What it is, for a state.</summary>
    public TeacherDescription Description => description ??= TeacherDescription.Of(model);

    /// <summary>The teacher of a training.</summary>
    /// <param name="teacher">The network; null for none.</param>
    /// <param name="student">The network that is trained.</param>
    /// <param name="train">The images to train on, as that network takes them.</param>
    /// <param name="options">The recipe.</param>
    /// <returns>Null for none; its network is back in its own mode once this is disposed.</returns>
    /// <exception cref="TResNetException">It does not fit the images or the network, or options mean nothing without one.</exception>
    public static Teacher? Of(
        nn.Module<Tensor, Tensor>? teacher,
        nn.Module<Tensor, Tensor> student,
        ImageDataset train,
        TrainingOptions options
    )
    {
        if (teacher is null)
        {
            RequireNone(options);
            return null;
        }

        TeacherCheck.Require(teacher, student, train);
        var result = new Teacher(teacher, train, options.ComputeType);
        try
        {
            var shape = result.images?.Shape ?? [train.Channels, train.Height, train.Width];
            TeacherCheck.RequireClasses(teacher, shape, train);
            MemoryEstimate.Require(
                teacher,
                shape,
                new ThroughputOptions
                {
                    Mode = ThroughputMode.Inference,
                    ComputeType = options.ComputeType,
                    BatchSize = options.BatchSize,
                }
            );
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>What it says of a batch: [N, classes], float32.</summary>
    /// <param name="batch">The batch as the network that learns gets it.</param>
    public Tensor Logits(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var seen = placement.Move(images?.Of(batch) ?? batch);
        using var precision = computeType.Begin(placement.Device);
        return model.call(seen).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        mode.Dispose();
        images?.Dispose();
    }

    private static void RequireNone(TrainingOptions options)
    {
        var defaults = new TrainingOptions();
        if (
            (options.TaskLossWeight ?? options.DistillLossWeight) is not null
            || options.HardDistillation
            || options.KdTemperature != defaults.KdTemperature
        )
        {
            throw new TResNetException(
                "A temperature, a kind or a weight of distillation means nothing to a training without a teacher: give it one, or leave it out."
            );
        }
    }
}
