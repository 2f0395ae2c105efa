using System.CommandLine;
using TResNet.Data.Transforms;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says how an image becomes a square: timm's <c>--crop-mode</c>.</summary>
internal static class CropModeOption
{
    public static Option<string> Create()
    {
        var option = CommonOptions.Make(
            "--crop-mode",
            "How a photograph becomes a square: center (the edges of the longer side are lost), squash (proportions are), border (the mean colour fills it).",
            Word(CropMode.Center),
            "mode"
        );
        option.AcceptOnlyFromAmong([.. Enum.GetValues<CropMode>().Select(Word)]);
        return option;
    }

    public static CropMode Read(ParseResult parsed, Option<string> option) =>
        Enum.GetValues<CropMode>().First(mode => Word(mode) == parsed.GetValue(option));

    private static string Word(CropMode mode) => mode.ToString().ToLowerInvariant();
}
