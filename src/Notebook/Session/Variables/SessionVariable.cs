using System.Reflection;

namespace Notebook.Session.Variables;

/// <summary>A variable of a cell.</summary>
internal sealed class SessionVariable(object holder, FieldInfo info)
{
    /// <summary>Its name.</summary>
    public string Name => info.Name;

    /// <summary>What it was declared as.</summary>
    public Type Type => info.FieldType;

    /// <summary>Whether cells cannot assign it.</summary>
    public bool IsReadOnly => info.IsInitOnly || info.IsLiteral;

    /// <summary>Its value.</summary>
    public object? Value
    {
        get => info.GetValue(holder);
        set => info.SetValue(holder, value);
    }
}
