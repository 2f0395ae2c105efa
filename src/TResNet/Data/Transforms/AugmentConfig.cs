// timm's way to write a policy on a command line: rand-m9-mstd0.5-inc1, original-mstd0.5.

using System.Globalization;

namespace TResNet.Data.Transforms;

/// <summary>A policy's name and numbers.</summary>
internal sealed class AugmentConfig
{
    private readonly string text;
    private readonly Dictionary<string, double> values = [];

    /// <summary>Takes a text apart.</summary>
    /// <param name="text">A name and sections of letters and a number, with dashes between.</param>
    /// <param name="known">The letters that a section may have, and what they mean.</param>
    /// <exception cref="TResNetException">A section is not known or has no number.</exception>
    public AugmentConfig(string text, IReadOnlyDictionary<string, string> known)
    {
        this.text = text;
        foreach (var section in text.Split('-').Skip(1))
        {
            var letters = section.TakeWhile(char.IsAsciiLetter).Count();
            var (key, number) = (section[..letters], section[letters..]);
            if (
                !known.ContainsKey(key)
                || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            )
            {
                throw new TResNetException(
                    $"'{section}' in {text} is no section of it; take {string.Join(", ", known.Select(pair => $"{pair.Key} ({pair.Value})"))}, "
                        + "each with a number behind."
                );
            }

            values[key] = value;
        }
    }

    /// <summary>The number of a section, or the default where it is not there.</summary>
    /// <exception cref="TResNetException">It is out of range.</exception>
    public double Get(string key, double otherwise, double least, double most)
    {
        var value = values.GetValueOrDefault(key, otherwise);
        return value >= least && value <= most
            ? value
            : throw new TResNetException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key} in {text} is {value}, but it has to be from {least} to {most}; choose another."
                )
            );
    }

    /// <summary>timm's deviation: more than 100 is anything from 0 to the magnitude.</summary>
    public double Deviation() =>
        Get("mstd", 0, 0, double.MaxValue) is var value && value > 100 ? double.PositiveInfinity : value;
}
