// The config.json beside weights of the Hugging Face hub, as timm reads it (timm/models/_hub.py, _parse_model_cfg and _PREFERRED_FILES).

using System.Text.Json;
using TResNet.Files;

namespace TResNet.Weights;

/// <summary>What timm's config.json beside a file of weights says of them.</summary>
internal static class HubConfig
{
    private const string Name = "config.json";
    private const int LargestFile = 1 << 26;

    // Those that timm looks for first; of any other name it takes the only one.
    private static readonly string[] Preferred =
    [
        "model.safetensors",
        "pytorch_model.bin",
        "pytorch_model.pth",
        "model.pth",
    ];

    private static readonly string[] Endings = [".safetensors", ".pth", ".pt", ".tar", ".bin"];

    // Arguments of a network that change nothing of what its weights compute; the channels are in its input's size.
    private static readonly string[] Harmless =
    [
        "drop_block_rate",
        "drop_path_rate",
        "drop_rate",
        "exportable",
        "img_size",
        "in_chans",
        "num_classes",
        "pretrained",
        "scriptable",
    ];

    /// <summary>Reads it.</summary>
    /// <param name="weights">The file of weights.</param>
    /// <returns>What it says; null where there is none, or none of timm's, or one that is meant for other weights.</returns>
    public static WeightsDescription? Beside(string weights)
    {
        var folder = Path.GetDirectoryName(weights) ?? "";
        var path = Path.Combine(folder, Name);
        try
        {
            if (!File.Exists(path) || !IsMeant(weights, folder))
            {
                return null;
            }

            if (new FileInfo(path).Length > LargestFile)
            {
                return WeightsDescription.Damaged(path, $"it is larger than {LargestFile >> 20} MiB", isBeside: true);
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(Start(path)));
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object
                    ? WeightsDescription.Damaged(path, "it is no JSON object", isBeside: true)
                : root.TryGetProperty("architecture", out _)
                    ? WeightsDescription.Read(path, Words(root), isBeside: true)
                : null;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or FormatException
                        or InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            var why =
                e is JsonException
                    ? $"it is no JSON: {FileText.Shorten(e.Message.TrimEnd('.'))}"
                    : e.Message.TrimEnd('.');
            return WeightsDescription.Damaged(path, why, isBeside: true);
        }
    }

    private static bool IsMeant(string weights, string folder) =>
        Preferred.Contains(Path.GetFileName(weights))
        || Directory
            .EnumerateFiles(folder.Length == 0 ? "." : folder)
            .Count(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant())) == 1;

    // Editors on Windows write a byte order mark, which JSON has none of.
    private static int Start(string path)
    {
        Span<byte> first = stackalloc byte[3];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(first, 3, throwOnEndOfStream: false) == 3 && first is [0xEF, 0xBB, 0xBF] ? 3 : 0;
    }

    private static Dictionary<string, string> Words(JsonElement root)
    {
        // The older form has everything in one object.
        var data = Property(root, "pretrained_cfg") is { ValueKind: JsonValueKind.Object } nested ? nested : root;
        var arguments = Property(root, "model_args");
        if (arguments is { ValueKind: JsonValueKind.Object } given)
        {
            var other = given
                .EnumerateObject()
                .Select(each => each.Name)
                .FirstOrDefault(name => !Harmless.Contains(name));
            if (other is not null)
            {
                throw new FormatException(
                    $"model_args has {FileText.Quote(other)}, which networks here are not built with"
                );
            }
        }

        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("architecture", Text(root, "architecture"));
        Add("num_classes", (Property(root, "num_classes") ?? Property(data, "num_classes"))?.GetRawText());
        Add("label_names", Labels(root) ?? Labels(data));
        Add("pretrained_cfg", Data(data, arguments));
        return words;

        void Add(string name, string? word)
        {
            if (word is not null)
            {
                words[name] = word;
            }
        }
    }

    private static JsonElement? Property(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement of, string name) =>
        Property(of, name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { } other => throw new FormatException(
                $"{name} is {FileText.Quote(other.GetRawText())}, and a name was expected"
            ),
        };

    /// <summary>The names of classes as a list, which they may be as a dictionary of numbers too; the names of labels were called so later.</summary>
    private static string? Labels(JsonElement of)
    {
        if ((Property(of, "label_names") ?? Property(of, "labels")) is not { } labels)
        {
            return null;
        }

        if (labels.ValueKind != JsonValueKind.Object)
        {
            return labels.GetRawText();
        }

        var byNumber = labels
            .EnumerateObject()
            .DistinctBy(each => each.Name)
            .ToDictionary(each => each.Name, each => each.Value);
        var missing = Enumerable
            .Range(0, byNumber.Count)
            .Select(number => $"{number}")
            .FirstOrDefault(number => !byNumber.ContainsKey(number));
        return missing is null
            ? JsonSerializer.Serialize(Enumerable.Range(0, byNumber.Count).Select(number => byNumber[$"{number}"]))
            : throw new FormatException($"label_names has no name for class {missing}");
    }

    private static string Data(JsonElement data, JsonElement? arguments)
    {
        var words = data.EnumerateObject()
            .DistinctBy(each => each.Name)
            .ToDictionary(each => each.Name, each => each.Value);
        if (
            arguments is { ValueKind: JsonValueKind.Object } given
            && Property(given, "in_chans") is { } channels
            && words.TryGetValue("input_size", out var size)
            && size.ValueKind == JsonValueKind.Array
        )
        {
            words["input_size"] = JsonSerializer.SerializeToElement(size.EnumerateArray().Skip(1).Prepend(channels));
        }

        return JsonSerializer.Serialize(words);
    }
}
