// A name for a registered component that differs from its field's.
namespace TorchSharp.Utils;

/// <summary>Gives a module's field the name under which its component is registered.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ComponentNameAttribute : Attribute
{
    /// <summary>The name of the parameter, buffer or sub-module that the field holds.</summary>
    public string? Name { get; set; }
}
