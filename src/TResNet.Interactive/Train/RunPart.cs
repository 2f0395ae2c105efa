using System.Globalization;
using TResNet.Interactive.Data;

namespace TResNet.Interactive.Train;

/// <summary>A run of several that differ by their seed, or by the images that are held out.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Fold">What is held out in it; null for what always is.</param>
/// <param name="Notes">What a state has to say so that all of them can go on.</param>
internal sealed record RunPart(long Seed, Fold? Fold, IReadOnlyDictionary<string, string> Notes)
{
    private const string SeedsNote = "seeds";

    /// <summary>The name of its folder.</summary>
    public string Name =>
        Fold is null
            ? string.Create(CultureInfo.InvariantCulture, $"seed-{Seed}")
            : string.Create(CultureInfo.InvariantCulture, $"fold-{Fold.Number}");

    /// <summary>Runs from neighbouring seeds.</summary>
    /// <param name="count">How many.</param>
    /// <param name="first">The first seed.</param>
    public static IReadOnlyList<RunPart> Seeds(int count, long first)
    {
        var note = new Dictionary<string, string>
        {
            [SeedsNote] = string.Create(CultureInfo.InvariantCulture, $"{count}@{first}"),
        };
        return [.. Enumerable.Range(0, count).Select(i => new RunPart(first + i, null, note))];
    }

    /// <summary>A cross-validation.</summary>
    /// <param name="count">How many parts the images are dealt into.</param>
    /// <param name="seed">Decides that, and is the seed of each run.</param>
    public static IReadOnlyList<RunPart> Folds(int count, long seed) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(number => new Fold(number, count, seed))
                .Select(fold => new RunPart(
                    seed,
                    fold,
                    new Dictionary<string, string> { [Data.Fold.Note] = $"{fold}" }
                )),
        ];

    /// <summary>All the runs that one of them belongs to; null where it stands alone.</summary>
    /// <param name="notes">What its state says.</param>
    public static IReadOnlyList<RunPart>? AllOf(IReadOnlyDictionary<string, string> notes)
    {
        if (notes.TryGetValue(Data.Fold.Note, out var fold))
        {
            var one = Data.Fold.Parse(fold);
            return Folds(one.Count, one.Seed);
        }

        return
            notes.TryGetValue(SeedsNote, out var seeds)
            && seeds.Split('@') is [var count, var first]
            && int.TryParse(count, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(first, CultureInfo.InvariantCulture, out var from)
            ? Seeds(number, from)
            : null;
    }
}
