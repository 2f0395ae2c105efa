// Modules one after the other.
using System.Globalization;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Calls modules one after the other, each on the result of the one before. Results in between are disposed as soon as
/// the next module has used them (what backward needs of them stays alive).
/// </summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Name, nn.IModule<Tensor, Tensor> Module)> _stages = [];

    internal Sequential()
        : base(nameof(Sequential)) { }

    /// <summary>For derived classes: a sequence of named modules.</summary>
    /// <param name="modules">The modules, first to last.</param>
    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : this()
    {
        foreach ((string stage, nn.Module<Tensor, Tensor> module) in modules)
        {
            append(stage, module);
        }
    }

    /// <summary>For derived classes: a sequence of modules named by their positions, 0, 1, ...</summary>
    /// <param name="modules">The modules, first to last.</param>
    protected Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : this()
    {
        foreach (nn.Module<Tensor, Tensor> module in modules)
        {
            append(module);
        }
    }

    /// <summary>The number of modules.</summary>
    public int Count => _stages.Count;

    /// <summary>The module at a position.</summary>
    /// <param name="index">The position, from 0.</param>
    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _stages[index].Module;

    /// <summary>The modules from a position up to, not including, another, with their names. The modules are shared.</summary>
    /// <param name="index">The positions; null is the first or the end.</param>
    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? Count);

    /// <summary>The modules of a range, with their names. The modules are shared.</summary>
    /// <param name="index">The range.</param>
    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

    /// <summary>Adds a module at the end.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="module">The module.</param>
    /// <returns>This sequence.</returns>
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        register_module(name, (nn.Module)module);
        _stages.Add((name, module));
        return this;
    }

    /// <summary>Adds a module at the end, named by its position.</summary>
    /// <param name="module">The module.</param>
    /// <returns>This sequence.</returns>
    public Sequential append(nn.IModule<Tensor, Tensor> module) =>
        append(Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Calls the modules one after the other. An empty sequence returns another handle to its input.</summary>
    /// <param name="tensor">The input of the first module.</param>
    /// <returns>The result of the last module.</returns>
    public override Tensor forward(Tensor tensor)
    {
        if (_stages.Count == 0)
        {
            return tensor.alias();
        }

        Tensor current = tensor;
        foreach ((_, nn.IModule<Tensor, Tensor> module) in _stages)
        {
            Tensor next = module.call(current);
            if (!ReferenceEquals(current, tensor) && !ReferenceEquals(current, next))
            {
                current.Dispose();
            }

            current = next;
        }

        return current;
    }

    /// <summary>The fields of a derived class are not looked at: the modules are those it appended.</summary>
    protected override void RegisterComponents() { }

    private Sequential Slice(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Count);
        Sequential slice = new();
        for (int i = start; i < end; i++)
        {
            slice.append(_stages[i].Name, _stages[i].Module);
        }

        return slice;
    }
}
