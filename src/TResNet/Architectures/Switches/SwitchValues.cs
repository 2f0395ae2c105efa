// What can be written behind the '=' of a switch, and how a value is written.
using System.Globalization;
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>The values of a switch as text.</summary>
internal abstract class SwitchValues<TValue>
{
    /// <summary>What can be written; examples where that is no end of things.</summary>
    internal abstract IReadOnlyList<string> Choices { get; }

    /// <summary>What can be written, in words: <c>none, se, eca or ceca</c>.</summary>
    internal virtual string Takes => Spelling.Either(Choices);

    /// <summary>Understands a text; letters' case and the difference between <c>-</c> and <c>_</c> do not count.</summary>
    internal abstract bool TryParse(string text, out TValue value);

    /// <summary>Writes a value so that it can be read back.</summary>
    internal abstract string Format(TValue value);
}

/// <summary>One of a few names, each with further spellings of it.</summary>
internal sealed class NamedValues<TValue>(params (TValue Value, string Name, string[] Others)[] named)
    : SwitchValues<TValue>
    where TValue : notnull
{
    internal override IReadOnlyList<string> Choices { get; } = [.. named.Select(each => each.Name)];

    internal override bool TryParse(string text, out TValue value)
    {
        var found = named.FirstOrDefault(each => each.Others.Append(each.Name).Any(name => Key(name) == Key(text)));
        value = found.Value;
        return found.Name is not null;
    }

    internal override string Format(TValue value) => named.First(each => each.Value.Equals(value)).Name;

    /// <summary>What names have in common with the C# names of the same things.</summary>
    internal static string Key(string text) =>
        text.Replace("-", "").Replace("_", "").Replace(" ", "").Replace('×', 'x').ToLowerInvariant();
}

/// <summary>A number.</summary>
internal sealed class Numbers(string takes, params double[] examples) : SwitchValues<double>
{
    internal override IReadOnlyList<string> Choices { get; } = [.. examples.Select(Text)];

    internal override string Takes => takes;

    internal override bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    internal override string Format(double value) => Text(value);

    internal static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A whole number.</summary>
internal sealed class WholeNumbers(string takes, params int[] examples) : SwitchValues<int>
{
    internal override IReadOnlyList<string> Choices { get; } = [.. examples.Select(each => Numbers.Text(each))];

    internal override string Takes => takes;

    internal override bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    internal override string Format(int value) => Numbers.Text(value);
}

/// <summary>One value for all stages, or one for each with commas between.</summary>
/// <param name="one">The values of one stage.</param>
/// <param name="takes">What can be written, in words.</param>
/// <param name="shortens">Whether the same value for all stages is written once.</param>
/// <param name="examples">What is suggested.</param>
internal sealed class ListedValues<TValue>(
    SwitchValues<TValue> one,
    string takes,
    bool shortens,
    params string[] examples
) : SwitchValues<IReadOnlyList<TValue>>
{
    internal override IReadOnlyList<string> Choices => examples;

    internal override string Takes => takes;

    internal override bool TryParse(string text, out IReadOnlyList<TValue> value)
    {
        var values = new List<TValue>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!one.TryParse(part, out var each))
            {
                value = [];
                return false;
            }

            values.Add(each);
        }

        value = values;
        return true;
    }

    internal override string Format(IReadOnlyList<TValue> value)
    {
        string[] texts = [.. value.Select(one.Format)];
        return string.Join(',', shortens && texts.Distinct().Count() == 1 ? texts[..1] : texts);
    }
}

/// <summary>Activations by PyTorch's names, the leaky one with its slope behind a colon.</summary>
internal sealed class ActivationValues : SwitchValues<Activation>
{
    private const string Leaky = "leaky_relu";

    // PyTorch's default.
    private const double UsualSlope = 0.01;

    private static readonly NamedValues<Activation> Plain = new(
        (Activation.ReLU, "relu", []),
        (Activation.LeakyReLU(UsualSlope), Leaky, ["lrelu"]),
        (Activation.SiLU, "silu", ["swish"]),
        (Activation.Mish, "mish", []),
        (Activation.ELU, "elu", []),
        (Activation.ReLU6, "relu6", []),
        (Activation.Identity, "identity", ["none"])
    );

    internal override IReadOnlyList<string> Choices { get; } =
    [.. Plain.Choices.SelectMany(name => name == Leaky ? [name, $"{Leaky}:0.001"] : new[] { name })];

    internal override bool TryParse(string text, out Activation value)
    {
        if (text.Split(':', 2) is not [var name, var slope])
        {
            return Plain.TryParse(text, out value);
        }

        var isNumber = double.TryParse(slope, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        value = Activation.LeakyReLU(number);
        return isNumber
            && double.IsFinite(number)
            && Plain.TryParse(name, out var plain)
            && plain.Kind == ActivationKind.LeakyReLU;
    }

    internal override string Format(Activation value) =>
        value.Kind == ActivationKind.LeakyReLU ? $"{Leaky}:{Numbers.Text(value.Slope)}" : Plain.Format(value);
}

/// <summary>Attentions by their names, each in its usual form.</summary>
internal sealed class AttentionValues : SwitchValues<Attention>
{
    private static readonly NamedValues<Attention> Usual = new([
        .. Attention.All.Select(attention => (attention, attention.Name, attention.OtherNames)),
    ]);

    internal override IReadOnlyList<string> Choices => Usual.Choices;

    internal override bool TryParse(string text, out Attention value) => Usual.TryParse(text, out value);

    internal override string Format(Attention value) => value.Name;

    /// <summary>An attention as it is where it is of the other one's kind; the usual form of that kind where not.</summary>
    internal static Attention LikeOf(Attention attention, Attention other) =>
        attention.Name == other.Name ? attention : Attention.All.First(usual => usual.Name == other.Name);
}
