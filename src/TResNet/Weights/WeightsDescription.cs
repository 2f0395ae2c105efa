// What a file of weights says of itself. The names are those of the config.json that timm's save_for_hf writes beside weights; each is a word of
// safetensors' __metadata__, which takes no other values than text, so what is no text in config.json is JSON here.

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Files;

namespace TResNet.Weights;

/// <summary>What weights are of: the network, its classes and its images; null for what nobody said.</summary>
internal sealed record WeightsDescription
{
    private const string ArchitectureKey = "architecture";
    private const string NumClassesKey = "num_classes";
    private const string LabelNamesKey = "label_names";
    private const string ConfigKey = "pretrained_cfg";
    private const string MultiLabelKey = "multi_label";
    private const string ThresholdKey = "threshold";
    private const string ThresholdsKey = "thresholds";
    private const string SoftwareKey = "software";
    private const int MostClasses = 1_000_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] Keys =
    [
        ArchitectureKey,
        NumClassesKey,
        LabelNamesKey,
        ConfigKey,
        MultiLabelKey,
        ThresholdKey,
        ThresholdsKey,
    ];

    /// <summary>The network's name with its switches: <c>tresnet_m + attention=eca</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>Length of its output; 0 for features.</summary>
    public int? NumClasses { get; init; }

    /// <summary>The names of its classes in the order of its outputs.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>Whether an image may have several of them.</summary>
    public bool? MultiLabel { get; init; }

    /// <summary>The probability above which an image has a class, where it may have several.</summary>
    public double? Threshold { get; init; }

    /// <summary>The same for each class, which goes before one for all.</summary>
    public IReadOnlyList<double>? Thresholds { get; init; }

    /// <summary>How its images are prepared.</summary>
    public PretrainedConfig Data { get; init; } = new();

    /// <summary>Where the weights are from, as words by name.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>The name of another file that says all this; null where it is the weights' own.</summary>
    public string? SaidBy { get; init; }

    /// <summary>Why nothing of what the file says was understood, as a sentence; null where it was.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether nothing was said.</summary>
    public bool IsEmpty =>
        Architecture is null
        && NumClasses is null
        && LabelNames is null
        && MultiLabel is null
        && Threshold is null
        && Thresholds is null
        && Data == new PretrainedConfig();

    /// <summary>What is known of a file's weights: what it says itself, or a config.json beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Its words.</param>
    /// <returns>What was said; only <see cref="Fault"/> where a part of it cannot be.</returns>
    public static WeightsDescription Of(string path, IReadOnlyDictionary<string, string> metadata)
    {
        var own = Read(path, metadata);
        return own is { IsEmpty: true, Fault: null } ? HubConfig.Beside(path) ?? own : own;
    }

    /// <summary>Reads what a file says.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="metadata">Its words.</param>
    /// <param name="isBeside">Whether it says so of weights in another file.</param>
    /// <returns>What was said; only <see cref="Fault"/> where a part of it cannot be.</returns>
    public static WeightsDescription Read(
        string path,
        IReadOnlyDictionary<string, string> metadata,
        bool isBeside = false
    )
    {
        try
        {
            var result = new WeightsDescription
            {
                Architecture = metadata.GetValueOrDefault(ArchitectureKey),
                NumClasses = Parsed(metadata, NumClassesKey, Count),
                LabelNames = metadata.TryGetValue(LabelNamesKey, out var names)
                    ? JsonSerializer.Deserialize<string[]>(names)
                    : null,
                MultiLabel = Parsed(metadata, MultiLabelKey, word => bool.Parse(word)),
                Threshold = Parsed(metadata, ThresholdKey, Share),
                Thresholds = metadata.TryGetValue(ThresholdsKey, out var each)
                    ? JsonSerializer.Deserialize<double[]>(each)
                    : null,
                Data = metadata.TryGetValue(ConfigKey, out var config)
                    ? JsonSerializer.Deserialize<PretrainedConfig>(config) ?? new()
                    : new(),
                Provenance = metadata
                    .Where(word => !Keys.Contains(word.Key))
                    .ToDictionary(word => word.Key, word => word.Value),
                SaidBy = isBeside ? Path.GetFileName(path) : null,
            };
            return FaultOf(result) is { } fault ? Damaged(path, fault, isBeside) : result;
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            return Damaged(
                path,
                e is JsonException ? "a part of it is no JSON of the kind" : e.Message.TrimEnd('.'),
                isBeside
            );
        }
    }

    /// <summary>What is known of a network.</summary>
    public static WeightsDescription Of(Network network) =>
        new()
        {
            Architecture = network.Info.Name,
            NumClasses = network.NumClasses,
            LabelNames = network.Classes,
            MultiLabel = network.MultiLabel,
            Threshold = network.Threshold,
            Thresholds = network.Thresholds,
            Data = PretrainedConfig.Of(network.InChans, network.DataConfig),
            Provenance = new Dictionary<string, string>(network.Provenance)
            {
                [SoftwareKey] =
                    $"TResNet Notebooks {typeof(WeightsDescription).Assembly.GetName().Version?.ToString(3)}",
            },
        };

    /// <summary>What is said here, as words by name.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(ArchitectureKey, Architecture);
        Add(NumClassesKey, NumClasses?.ToString(CultureInfo.InvariantCulture));
        Add(LabelNamesKey, LabelNames is null ? null : JsonSerializer.Serialize(LabelNames, Json));
        Add(MultiLabelKey, MultiLabel is { } several ? (several ? "true" : "false") : null);
        Add(ThresholdKey, Threshold?.ToString(CultureInfo.InvariantCulture));
        Add(ThresholdsKey, Thresholds is null ? null : JsonSerializer.Serialize(Thresholds, Json));
        Add(ConfigKey, Data == new PretrainedConfig() ? null : JsonSerializer.Serialize(Data, Json));
        foreach (var (name, word) in Provenance)
        {
            Add(name, word);
        }

        return words;

        void Add(string name, string? word)
        {
            if (word is not null)
            {
                words[name] = word;
            }
        }
    }

    /// <summary>Tells a network what its weights are of.</summary>
    /// <param name="network">The network, by now with the weights.</param>
    /// <param name="hasClassifier">Whether the classifier is the file's too.</param>
    public void Apply(Network network, bool hasClassifier)
    {
        network.DataConfig = Data.On(network.DataConfig);
        network.Provenance = Provenance;
        if (!hasClassifier)
        {
            return;
        }

        network.MultiLabel = network.Architecture.MultiLabel || (MultiLabel ?? network.MultiLabel);
        if (LabelNames is null || LabelNames.Count == network.NumClasses)
        {
            network.Classes = LabelNames ?? network.Classes;
            network.Threshold = Threshold ?? network.Threshold;
            // Tuned for other weights they would mean nothing.
            network.Thresholds = Thresholds?.Count == network.NumClasses ? Thresholds : null;
        }
    }

    /// <summary>The network that weights are of, with fresh ones.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="TResNetException">The file does not say, or says something that is no network here.</exception>
    public Network Build(string path)
    {
        if (Fault is not null)
        {
            throw new TResNetException(Fault);
        }

        if (Architecture is null || NumClasses is null)
        {
            throw new TResNetException(
                $"{path} does not say which network it is of: build that with Models.Create and fill it with Checkpoint.Load, or write the name into a "
                    + "copy with convert-weights --model."
            );
        }

        try
        {
            var network = Listing.Describe(Architecture).Build(Math.Max(NumClasses.Value, 1), Data.Channels ?? 3);
            if (NumClasses == 0)
            {
                network.reset_classifier(0);
            }

            return network;
        }
        catch (TResNetException unknown)
        {
            throw new TResNetException(
                $"{path} is of {FileText.Quote(Architecture)}, which cannot be built by its name ({unknown.Message.TrimEnd('.')}): build it as before, and "
                    + "fill it with Checkpoint.Load.",
                unknown
            );
        }
    }

    /// <summary>One line to show.</summary>
    public override string ToString()
    {
        string?[] words =
        [
            Architecture is null ? null : FileText.Shorten(Architecture),
            NumClasses is { } count ? $"{count} {(count == 1 ? "class" : "classes")}{Names()}" : null,
            MultiLabel == true ? "several labels an image" : null,
            Thresholds is not null ? "a threshold for each label"
            : Threshold is { } above ? FormattableString.Invariant($"threshold {above}")
            : null,
            Data.InputSize is [var channels, var height, var width] ? $"{channels} x {height} x {width} pixels" : null,
            Data.CropPct is { } share ? FormattableString.Invariant($"crop {share:0.###} {Data.CropMode}") : null,
            Data.Interpolation,
            Data.Mean is { } mean ? $"mean {List(mean)}" : null,
            Data.Std is { } std ? $"std {List(std)}" : null,
        ];
        return string.Join(", ", words.Where(word => !string.IsNullOrWhiteSpace(word)));
    }

    private string Names()
    {
        const int NamedAtMost = 3;
        return LabelNames is not { Count: > 0 }
            ? ""
            : $" ({string.Join(", ", LabelNames.Take(NamedAtMost).Select(FileText.Shorten))}{(LabelNames.Count > NamedAtMost ? ", ..." : "")})";
    }

    private static string List(IReadOnlyList<double> values) =>
        values.Distinct().Count() == 1
            ? values[0].ToString("0.####", CultureInfo.InvariantCulture)
            : string.Join(' ', values.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));

    /// <summary>Nothing but the sentence that says why.</summary>
    public static WeightsDescription Damaged(string path, string why, bool isBeside = false) =>
        new()
        {
            Fault = isBeside
                ? $"What {path} says of the weights beside it cannot be used and was passed over ({why}): name network, classes and size with options, or mend it."
                : $"What {path} says of itself is damaged and was passed over ({why}): name network, classes and size with options, or save it again.",
        };

    private static string? FaultOf(WeightsDescription said) =>
        said.LabelNames is { } names && names.Any(name => name is null) ? $"{LabelNamesKey} has a class without a name"
        : said is { LabelNames: { } named, NumClasses: { } count } && named.Count != count
            ? $"{LabelNamesKey} has {named.Count} names for {count} classes"
        : said.Thresholds is { } each
        && (each.Any(share => share is not (>= 0 and < 1)) || each.Count != (said.NumClasses ?? each.Count))
            ? $"{ThresholdsKey} has not one number from 0 to below 1 for each class"
        : said.Data.Fault();

    private static T? Parsed<T>(IReadOnlyDictionary<string, string> metadata, string key, Func<string, T> parse)
        where T : struct => metadata.TryGetValue(key, out var word) ? parse(word) : null;

    private static int Count(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostClasses
            ? count
            : throw new FormatException($"{NumClassesKey} is {FileText.Quote(word)}, and a whole number was expected");

    private static double Share(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and < 1
            ? share
            : throw new FormatException($"{ThresholdKey} is {FileText.Quote(word)}, and 0 to below 1 was expected");
}
