using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Onnx;

namespace TResNet.Interactive.Export;

/// <summary>The options that say how a network is written as ONNX.</summary>
internal sealed class ExportOptions
{
    private const string Any = "dynamic";

    private static readonly (string Name, ComputeType Type)[] Precisions =
    [
        ("float32", ComputeType.Float32),
        ("float16", ComputeType.Float16),
        ("bfloat16", ComputeType.BFloat16),
    ];

    private readonly Option<int> opset = CommonOptions.Make(
        "--opset",
        $"The version of ONNX's operators, {OnnxOptions.OldestOpset} to {OnnxOptions.NewestOpset}.",
        new OnnxOptions().Opset,
        "number"
    );
    private readonly Option<string> batch = Number(
        "--batch-size",
        $"How many images a call takes, or {Any} for any.",
        Any
    );
    private readonly Option<string?> height = Number<string?>(
        "--height",
        $"Rows of an image in pixels, or {Any} for any. Default: what the network is meant for.",
        null
    );
    private readonly Option<string?> width = Number<string?>(
        "--width",
        $"Columns of an image in pixels, or {Any} for any. Default: what the network is meant for.",
        null
    );
    private readonly Option<int?> size = CommonOptions.InputSize();
    private readonly Option<bool> fold = new("--fold")
    {
        Description = "Makes normalisations a part of the convolutions before them.",
    };
    private readonly Option<string> precision = CommonOptions.Make(
        "--precision",
        "The type of the weights. float16 is computed in too, with normalisations folded; bfloat16 halves the file and is computed in float32.",
        Precisions[0].Name,
        "type"
    );
    private readonly Option<bool> softmax = new("--softmax")
    {
        Description =
            "Gives probabilities in the place of logits: over the classes, or of each for a network of several labels.",
    };
    private readonly Option<double?> scale = new("--input-scale")
    {
        Description =
            "Puts mean and deviation into the file, for images from 0 to this number: 255 where none is given, or 1.",
        HelpName = "white",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<bool> tensorRT = new("--tensorrt-friendly")
    {
        Description =
            "Puts zeros in the place of reflected borders, as TensorRT likes them. Not exact, by how much is said.",
    };

    public ExportOptions()
    {
        precision.AcceptOnlyFromAmong([.. Precisions.Select(each => each.Name)]);
    }

    /// <summary>Those of the images.</summary>
    public IReadOnlyList<Option> Images => [batch, height, width, size, scale];

    /// <summary>Those of what is computed.</summary>
    public IReadOnlyList<Option> Computing => [opset, fold, precision, softmax, tensorRT];

    /// <summary>Those that only ONNX has.</summary>
    public IReadOnlyList<Option> OfOnnxAlone => [.. Images, .. Computing.Where(option => option != fold)];

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A number is none, or two options contradict.</exception>
    public OnnxOptions Read(ParseResult parsed)
    {
        if (parsed.IsGiven(size) && new Option[] { height, width }.FirstOrDefault(parsed.IsGiven) is { } other)
        {
            throw new CommandException(
                $"{size.Name} says height and width, and so does {other.Name}: leave out one of the two."
            );
        }

        if (parsed.GetValue(size) is < 1 and var none)
        {
            throw new CommandException($"{size.Name} is {none}: it takes a number above 0, in pixels.");
        }

        return new OnnxOptions
        {
            Opset = parsed.GetValue(opset),
            BatchSize = Side(parsed, batch)!.Value,
            Height = Side(parsed, height) ?? parsed.GetValue(size),
            Width = Side(parsed, width) ?? parsed.GetValue(size),
            Fold = parsed.GetValue(fold),
            Precision = Precisions.First(each => each.Name == parsed.GetValue(precision)).Type,
            Softmax = parsed.GetValue(softmax),
            InputScale = parsed.IsGiven(scale) ? parsed.GetValue(scale) ?? byte.MaxValue : null,
            TensorRTFriendly = parsed.GetValue(tensorRT),
        };
    }

    private static Option<T> Number<T>(string name, string description, T value) =>
        CommonOptions.Make(name, description, value, "number");

    private static int? Side(ParseResult parsed, Option option)
    {
        var word = parsed.GetResult(option)?.GetValueOrDefault<string?>();
        return word switch
        {
            null => null,
            Any => OnnxOptions.Dynamic,
            _ when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 =>
                number,
            _ => throw new CommandException($"{option.Name} is '{word}': it takes a number above 0, or {Any} for any."),
        };
    }
}
