using System.CommandLine;
using Notebook;
using TResNet.Data.Transforms;

namespace TResNet.Interactive.Commands;

/// <summary>The options that say how an image becomes a square where a network is measured or asked, under timm's names.</summary>
internal sealed class CropOptions
{
    private readonly Option<string?> mode = new("--crop-mode")
    {
        Description =
            "How a photograph becomes a square: center (the edges of the longer side are lost), squash (proportions are), border (the mean colour fills it). Default: what the weights say, else center.",
        HelpName = "mode",
    };
    private readonly Option<double?> share = new("--crop-pct")
    {
        Description =
            "The crop's side as a share of the resized photograph's shorter side, 0.1 to 1. Default: what the weights or the network say.",
        HelpName = "share",
    };
    private readonly Option<string?> filter = new("--interpolation")
    {
        Description = "The filter that images are resized by. Default: what the weights or the network say.",
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

    /// <summary>Whether one was given.</summary>
    public bool AreGiven(ParseResult parsed) => All.Any(parsed.IsGiven);

    /// <summary>What was asked for, and what holds where the command line is silent.</summary>
    public DataConfig Read(ParseResult parsed, DataConfig others) =>
        others with
        {
            CropMode = parsed.GetValue(mode) is { } word ? Of<CropMode>(word) : others.CropMode,
            CropPct = parsed.GetValue(share) ?? others.CropPct,
            Interpolation = parsed.GetValue(filter) is { } kind ? Of<Interpolation>(kind) : others.Interpolation,
            IsCropMeant = others.IsCropMeant || AreGiven(parsed),
        };

    /// <summary>Refuses to measure a run that goes on otherwise than before: its epochs could not be compared.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="before">What its images were made with.</param>
    /// <exception cref="CommandException">Something else is asked for.</exception>
    public void RequireSame(ParseResult parsed, DataConfig before)
    {
        if (
            All.FirstOrDefault(parsed.IsGiven) is { } option
            && Read(parsed, before) with { IsCropMeant = before.IsCropMeant } != before
        )
        {
            throw new CommandException(
                $"{option.Name} is not what the run was measured with so far, and its epochs could not be compared: leave it out, or start a new run."
            );
        }
    }

    private static T Of<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>().First(kind => Word(kind) == word);

    private static string Word<T>(T kind)
        where T : struct, Enum => kind.ToString().ToLowerInvariant();
}
