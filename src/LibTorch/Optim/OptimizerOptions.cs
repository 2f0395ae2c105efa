// The settings of a group and the state of a parameter, as they are saved (TorchSharp's format).
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The settings of a group of parameters. What is null is taken from the optimizer.</summary>
public class OptimizerOptions
{
    /// <summary>The learning rate of the next step.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The learning rate that schedules start from.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Saves the settings.</summary>
    /// <param name="writer">Where to write.</param>
    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate!.Value);
    }

    /// <summary>Loads the settings.</summary>
    /// <param name="reader">Where to read.</param>
    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
    }

    /// <summary>Takes over another group's settings.</summary>
    /// <param name="source">The other group's settings.</param>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}

/// <summary>What an optimizer remembers of a parameter.</summary>
public abstract class OptimizerState
{
    /// <summary>The parameter.</summary>
    protected Parameter _parameter;

    /// <summary>Remembers nothing yet.</summary>
    /// <param name="parameter">The parameter.</param>
    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    internal Parameter Parameter => _parameter;

    /// <summary>Saves the state.</summary>
    /// <param name="writer">Where to write.</param>
    public abstract void SaveStateDict(BinaryWriter writer);

    /// <summary>Loads the state.</summary>
    /// <param name="reader">Where to read.</param>
    public abstract void LoadStateDict(BinaryReader reader);

    /// <summary>Copies another parameter's state.</summary>
    /// <param name="source">The other parameter's state.</param>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>Whether another state has nearly the same values.</summary>
    /// <param name="other">The other state.</param>
    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    /// <summary>Sets the state to what it is before the first step.</summary>
    /// <param name="options">The settings of the parameter's group.</param>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>Moves the state to a device.</summary>
    /// <param name="device">The device.</param>
    public virtual void to(Device device) { }

    internal abstract void Free();

    private protected static void Save(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    private protected void Load(BinaryReader reader, ref Tensor? tensor)
    {
        Tensor? loaded = reader.ReadBoolean() ? TensorExtensionMethods.Load(reader) : null;
        Replace(ref tensor, loaded?.to(_parameter.device, disposeAfter: true));
    }

    private protected void Copy(Tensor? source, ref Tensor? tensor)
    {
        if (!ReferenceEquals(source, tensor))
        {
            Replace(ref tensor, source?.to(_parameter.device, copy: true));
        }
    }

    private protected static void Move(ref Tensor? tensor, Device device)
    {
        Tensor? moved = tensor?.to(device);
        if (!ReferenceEquals(moved, tensor))
        {
            Replace(ref tensor, moved);
        }
    }

    private protected static void Replace(ref Tensor? tensor, Tensor? replacement)
    {
        tensor?.Dispose();
        tensor = replacement?.DetachFromDisposeScope();
    }

    private protected static bool Close(Tensor? left, Tensor? right)
    {
        using IDisposable withoutGradients = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return left is null || right is null
            ? left is null && right is null
            : left.shape.AsSpan().SequenceEqual(right.shape) && left.to(right).allclose(right);
    }
}
