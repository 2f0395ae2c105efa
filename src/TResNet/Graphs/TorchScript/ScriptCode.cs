using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Graphs.TorchScript;

/// <summary>The text of a TorchScript module under way: one line for each operator, and the tensors that they read.</summary>
/// <param name="names">What a network calls its tensors, by their handles.</param>
internal sealed class ScriptCode(IReadOnlyDictionary<nint, string> names)
{
    private readonly StringBuilder lines = new();
    private readonly Dictionary<Tensor, string> attributes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> taken = [];
    private int made;

    /// <summary>The lines of <c>forward</c>.</summary>
    public string Lines => lines.ToString();

    /// <summary>The module's tensors by the names of its attributes, in the order in which they are first read.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Attributes =>
        [.. attributes.Select(each => (each.Value, each.Key))];

    /// <summary>Adds <c>torch.operator(arguments)</c> and gives the name of its result.</summary>
    public string Call(string function, params IEnumerable<object?> arguments)
    {
        var name = $"y{++made}";
        lines.Append($"    {name} = torch.{function}({string.Join(", ", arguments.Select(Text))})\n");
        return name;
    }

    /// <summary>A tensor of the module, as an argument.</summary>
    public string Weight(Tensor values)
    {
        if (!attributes.TryGetValue(values, out var name))
        {
            attributes[values] = name = NewName(values);
        }

        return $"self.{name}";
    }

    /// <summary>The same, or nothing.</summary>
    public string? Optional(Tensor? values) => values is null ? null : Weight(values);

    // A name is an argument as it is; lists have brackets, and a number that is not whole says so.
    private static string Text(object? argument) =>
        argument switch
        {
            null => "None",
            string name => name,
            bool flag => flag ? "True" : "False",
            double number => number.ToString("E17", CultureInfo.InvariantCulture),
            long[] numbers => $"[{string.Join(", ", numbers)}]",
            IEnumerable<string> values => $"[{string.Join(", ", values)}]",
            _ => Convert.ToString(argument, CultureInfo.InvariantCulture)!,
        };

    private string NewName(Tensor values)
    {
        var source = GraphBuilder.SourceOf(values) ?? values;
        var own = source.IsInvalid ? null : names.GetValueOrDefault(source.Handle);
        var name = (own ?? "constant").Replace('.', '_');
        for (var i = 1; !taken.Add(name); i++)
        {
            name = $"{(own ?? "constant").Replace('.', '_')}_{i}";
        }

        return name;
    }
}
