// torch.nn.Module as pickle keeps it: attributes _parameters, _buffers and _modules (torch/nn/modules/module.py, __setstate__ and state_dict).
namespace TResNet.Checkpoints.PyTorch;

/// <summary>The state dict within a module that was saved whole, by torch.save(model): its class is not needed for it.</summary>
internal static class PickledModule
{
    /// <summary>A network has some thousand names; a file that makes more of less refers to the same module again and again.</summary>
    private const int MaxNames = 100_000;

    private const int MaxDepth = 64;

    /// <summary>True for an object that has a module's attributes.</summary>
    internal static bool Is(object? value) =>
        value is PickleObject { State: PickleDict state } && Attribute(state, "_modules") is PickleDict;

    /// <summary>Its parameters and buffers under the names of state_dict().</summary>
    /// <exception cref="TResNetException">It nests without end.</exception>
    internal static PickleDict StateDict(FileBytes file, PickleObject module)
    {
        var result = new PickleDict();
        Add(file, result, module, "", 0);
        return result;
    }

    private static void Add(FileBytes file, PickleDict result, PickleObject module, string prefix, int depth)
    {
        if (depth > MaxDepth || module.State is not PickleDict state)
        {
            throw file.Broken("its modules nest without end");
        }

        foreach (var attribute in (string[])["_parameters", "_buffers"])
        {
            foreach (var (key, value) in Attribute(state, attribute) as PickleDict ?? [])
            {
                // None stands for a parameter that is left out, such as a bias.
                if (key is string name && value is TensorReference)
                {
                    result.Add(new(prefix + name, value));
                }
            }
        }

        foreach (var (key, value) in Attribute(state, "_modules") as PickleDict ?? [])
        {
            if (result.Count > MaxNames)
            {
                throw file.Broken($"its modules have more than {MaxNames} parameters");
            }

            if (key is string name && Is(value))
            {
                // Counts modules without parameters too, of which a few bytes could make any number.
                result.Add(new(null, null));
                Add(file, result, (PickleObject)value!, $"{prefix}{name}.", depth + 1);
            }
        }
    }

    private static object? Attribute(PickleDict state, string name) =>
        state.LastOrDefault(pair => pair.Key is string key && key == name).Value;
}
