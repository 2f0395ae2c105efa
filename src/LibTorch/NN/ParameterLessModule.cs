// Layers without state: activations, pooling, dropout.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Marks modules that have neither parameters nor buffers.</summary>
public interface IParameterLessModule;

/// <summary>A module without parameters and buffers, for which moving to a device is nothing to do.</summary>
/// <typeparam name="T1">The type of the input.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    /// <summary>Makes a module in training mode.</summary>
    /// <param name="name">What <see cref="nn.Module.GetName"/> returns.</param>
    protected ParameterLessModule(string name)
        : base(name) { }

    /// <inheritdoc/>
    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    /// <inheritdoc/>
    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    /// <inheritdoc/>
    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    /// <summary>Refuses.</summary>
    /// <inheritdoc/>
    public override void register_buffer(string name, Tensor tensor, bool persistent = true) =>
        throw new InvalidOperationException(
            $"{GetName()} is declared parameter-less: it cannot have a buffer '{name}'."
        );

    /// <summary>Refuses.</summary>
    /// <inheritdoc/>
    public override void register_parameter(string name, Parameter param) =>
        throw new InvalidOperationException(
            $"{GetName()} is declared parameter-less: it cannot have a parameter '{name}'."
        );

    /// <summary>Registers a sub-module that is parameter-less too.</summary>
    /// <inheritdoc/>
    public override void register_module(string name, nn.Module submodule)
    {
        if (submodule is not null and not IParameterLessModule)
        {
            throw new InvalidOperationException(
                $"{GetName()} is declared parameter-less, so its sub-module '{name}' must be parameter-less too."
            );
        }

        base.register_module(name, submodule!);
    }
}
