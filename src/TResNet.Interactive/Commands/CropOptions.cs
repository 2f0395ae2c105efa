using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Architectures;
using TResNet.Data.Transforms;

namespace TResNet.Interactive.Commands;

/// <summary>How an image becomes a square where a network is measured or asked.</summary>
/// <param name="Mode">What is fitted.</param>
/// <param name="CropPct">The square's side as a share of what is fitted; null for the network's own, or all of images of one known size.</param>
/// <param name="Interpolation">The filter; null for the network's own.</param>
internal sealed record CropChoice(
    CropMode Mode = CropMode.Center,
    double? CropPct = null,
    Interpolation? Interpolation = null
)
{
    /// <summary>What holds where nothing is asked for.</summary>
    public static CropChoice Usual { get; } = new();

    /// <summary>The filter.</summary>
    public Interpolation FilterOf(ModelInfo network) => Interpolation ?? network.Interpolation;
}

/// <summary>The options that say so, under timm's names; a run notes what it was measured with, and what comes after it sees the same.</summary>
internal sealed class CropOptions
{
    private const string ModeNote = "crop-mode";
    private const string ShareNote = "crop-pct";
    private const string FilterNote = "interpolation";

    private readonly Option<string> mode = CommonOptions.Make(
        "--" + ModeNote,
        "How a photograph becomes a square: center (the edges of the longer side are lost), squash (proportions are), border (the mean colour fills it).",
        Word(CropMode.Center),
        "mode"
    );
    private readonly Option<double?> share = new("--" + ShareNote)
    {
        Description =
            "The crop's side as a share of the resized photograph's shorter side, 0.1 to 1. Default: what the network was published with.",
        HelpName = "share",
    };
    private readonly Option<string?> filter = new("--" + FilterNote)
    {
        Description = "The filter that images are resized by. Default: what the network was published with.",
        HelpName = "kind",
    };

    /// <param name="images">Which images they are about, where a command has others too.</param>
    public CropOptions(string? images = null)
    {
        mode.AcceptOnlyFromAmong([.. Enum.GetValues<CropMode>().Select(Word)]);
        filter.AcceptOnlyFromAmong([.. Enum.GetValues<Interpolation>().Select(Word)]);
        foreach (var option in images is null ? [] : All)
        {
            option.Description = $"{images}: {char.ToLowerInvariant(option.Description![0])}{option.Description[1..]}";
        }
    }

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [mode, share, filter];

    /// <summary>What was asked for; where the command line is silent, what a run noted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="notes">What a run noted; null for no run.</param>
    public CropChoice Read(ParseResult parsed, IReadOnlyDictionary<string, string>? notes = null)
    {
        var noted = Of(notes);
        return new CropChoice(
            parsed.IsGiven(mode) ? Of<CropMode>(parsed.GetRequiredValue(mode)) : noted.Mode,
            parsed.GetValue(share) ?? noted.CropPct,
            parsed.GetValue(filter) is { } word ? Of<Interpolation>(word) : noted.Interpolation
        );
    }

    /// <summary>What a run notes, beside what it notes already.</summary>
    public static IReadOnlyDictionary<string, string> Noted(IReadOnlyDictionary<string, string> notes, CropChoice crop)
    {
        var all = new Dictionary<string, string>(notes);
        if (crop.Mode != CropMode.Center)
        {
            all[ModeNote] = Word(crop.Mode);
        }

        if (crop.CropPct is { } part)
        {
            all[ShareNote] = part.ToString(CultureInfo.InvariantCulture);
        }

        if (crop.Interpolation is { } kind)
        {
            all[FilterNote] = Word(kind);
        }

        return all;
    }

    /// <summary>What was asked for in a training; what goes on is measured as it was before, since its epochs could not be compared otherwise.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="notes">What the run noted that goes on; null for a new one.</param>
    /// <param name="usual">What holds in a new one where nothing is asked for.</param>
    /// <exception cref="CommandException">A run that goes on is to be measured otherwise.</exception>
    public CropChoice Resume(ParseResult parsed, IReadOnlyDictionary<string, string>? notes, CropChoice usual)
    {
        var asked = Read(parsed, notes ?? Noted(new Dictionary<string, string>(), usual));
        if (notes is not null && asked != Of(notes) && All.FirstOrDefault(parsed.IsGiven) is { } option)
        {
            throw new CommandException(
                $"{option.Name} is not what the run was measured with so far, and its epochs could not be compared: leave it out, or start a new run."
            );
        }

        return asked;
    }

    private static CropChoice Of(IReadOnlyDictionary<string, string>? notes) =>
        new(
            Noted<CropMode>(notes, ModeNote) ?? CropMode.Center,
            notes?.GetValueOrDefault(ShareNote) is { } text
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : null,
            Noted<Interpolation>(notes, FilterNote)
        );

    private static T? Noted<T>(IReadOnlyDictionary<string, string>? notes, string name)
        where T : struct, Enum => notes?.GetValueOrDefault(name) is { } word ? Of<T>(word) : null;

    private static T Of<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().First(kind => Word(kind) == word);

    private static string Word<T>(T kind)
        where T : struct, Enum => kind.ToString().ToLowerInvariant();
}
