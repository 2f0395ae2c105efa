// timm's pretrained_cfg (timm/models/_hub.py, save_config_for_hf), of which these are the keys that say how images are prepared.

using System.Text.Json.Serialization;
using TResNet.Data.Transforms;

namespace TResNet.Weights;

/// <summary>What a file says of the images that its network was trained on; null for what it does not say.</summary>
internal sealed record PretrainedConfig
{
    private const int LargestSide = 16_384;
    private const int MostChannels = 1024;

    /// <summary>Channels, height and width.</summary>
    [JsonPropertyName("input_size")]
    public IReadOnlyList<int>? InputSize { get; init; }

    /// <summary>What is taken away from each colour, on a scale from 0 to 1.</summary>
    [JsonPropertyName("mean")]
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What the rest is divided by.</summary>
    [JsonPropertyName("std")]
    public IReadOnlyList<double>? Std { get; init; }

    /// <summary>The crop's side as a share of the resized photograph's.</summary>
    [JsonPropertyName("crop_pct")]
    public double? CropPct { get; init; }

    /// <summary>How a photograph becomes a square, in lower case.</summary>
    [JsonPropertyName("crop_mode")]
    public string? CropMode { get; init; }

    /// <summary>The filter, in lower case.</summary>
    [JsonPropertyName("interpolation")]
    public string? Interpolation { get; init; }

    /// <summary>Not timm's: <see cref="DataConfig.AsTheyAre"/>.</summary>
    [JsonPropertyName("as_they_are")]
    public bool? AsTheyAre { get; init; }

    /// <summary>Channels of the images; null where nothing was said.</summary>
    [JsonIgnore]
    public int? Channels => InputSize?[0];

    /// <summary>Everything.</summary>
    public static PretrainedConfig Of(int channels, DataConfig data) =>
        new()
        {
            InputSize = [channels, data.InputSize, data.InputSize],
            Mean = data.Normalize.Mean,
            Std = data.Normalize.Std,
            CropPct = data.CropPct,
            CropMode = Word(data.CropMode),
            Interpolation = Word(data.Interpolation),
            AsTheyAre = data.AsTheyAre,
        };

    /// <summary>What is said here, and otherwise what holds without it. It has to be valid.</summary>
    public DataConfig On(DataConfig others) =>
        new(
            InputSize?[1] ?? others.InputSize,
            CropPct ?? others.CropPct,
            CropMode is null ? others.CropMode : Enum.Parse<CropMode>(CropMode, ignoreCase: true),
            Interpolation is null ? others.Interpolation : Enum.Parse<Interpolation>(Interpolation, ignoreCase: true),
            Mean is null && Std is null
                ? others.Normalize
                : Normalize.Of(Three(Mean) ?? others.Normalize.Mean, Three(Std) ?? others.Normalize.Std)
        )
        {
            AsTheyAre = AsTheyAre ?? others.AsTheyAre,
            // Only whoever measured images of one size like this says so.
            IsCropMeant = (AsTheyAre is false && CropPct is not null) || others.IsCropMeant,
        };

    /// <summary>What of it cannot be, as half a sentence; null where all can.</summary>
    public string? Fault() =>
        InputSize is not null
        && (InputSize.Count != 3 || InputSize[0] is < 1 or > MostChannels || InputSize.Skip(1).Any(IsNoSide))
            ? $"input_size is [{string.Join(", ", InputSize.Take(4))}], and three whole numbers were expected: channels, height and width"
        : IsNone(Mean, double.IsFinite) ? "mean is not three finite numbers"
        : IsNone(Std, value => double.IsFinite(value) && value > 0) ? "std is not three numbers above 0"
        : CropPct is not (null or (>= 0.1 and <= 1))
            ? FormattableString.Invariant($"crop_pct is {CropPct}, and 0.1 to 1 was expected")
        : !IsOneOf<CropMode>(CropMode)
            ? $"crop_mode is {Files.FileText.Quote(CropMode!)}, and {Words<CropMode>()} was expected"
        : !IsOneOf<Interpolation>(Interpolation)
            ? $"interpolation is {Files.FileText.Quote(Interpolation!)}, and {Words<Interpolation>()} was expected"
        : null;

    private static bool IsNoSide(int side) => side is < 1 or > LargestSide;

    // One number stands for all three colours, as in timm.
    private static IReadOnlyList<double>? Three(IReadOnlyList<double>? values) =>
        values is [var all] ? [all, all, all] : values;

    private static bool IsNone(IReadOnlyList<double>? values, Func<double, bool> holds) =>
        values is not null && (values.Count is not (1 or 3) || !values.All(holds));

    private static bool IsOneOf<T>(string? word)
        where T : struct, Enum => word is null || Enum.GetValues<T>().Any(value => Word(value) == word);

    private static string Words<T>()
        where T : struct, Enum => string.Join(" or ", Enum.GetValues<T>().Select(Word));

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
