using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Data.Loading;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Onnx;
using TResNet.Training;

namespace TResNet.Interactive.Export;

/// <summary>The options that say how a network is quantised, and on which images.</summary>
internal sealed class QuantizeOptions
{
    private const string EightBits = "int8";

    private readonly Option<string?> quantize = new("--quantize")
    {
        Description =
            "Writes weights and feature maps of eight bits, with normalisations folded: about a quarter of the size. The ranges are those of images, so it takes --data, or a run that knows its own.",
        HelpName = "type",
    };
    private readonly DataOptions data = new();
    private readonly Option<int> images = CommonOptions.Make(
        "--calibration-images",
        "How many of the images to train on are looked at for the ranges.",
        128,
        "number"
    );
    private readonly Option<string> method = Kind(
        "--calibrate-method",
        "How ranges are chosen: MinMax, Percentile (99.999 % of the numbers) or Entropy.",
        CalibrationMethod.Percentile,
        "method"
    );
    private readonly Option<string> activations = Kind(
        "--activation-type",
        "The type of feature maps: QUInt8, or QInt8.",
        QuantType.QUInt8,
        "type"
    );
    private readonly Option<bool> reduce = new("--reduce-range")
    {
        Description = "Gives weights seven bits, for processors of x86 without VNNI, whose sums would be cut.",
    };

    public QuantizeOptions()
    {
        quantize.AcceptOnlyFromAmong(EightBits);
        data.Images.Description =
            "The images whose ranges --quantize takes, and --check compares on: as train --data takes them.";
        data.Images.DefaultValueFactory = null;
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [quantize, data.Images, data.Validation, images, method, activations, reduce];

    /// <summary>Whether it is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The run that may know its images; null where none was named.</param>
    /// <exception cref="CommandException">It is not and another of the options is given, or nobody says which images.</exception>
    public bool IsWanted(ParseResult parsed, TrainingRun? run)
    {
        if (parsed.GetValue(quantize) is null)
        {
            return All.FirstOrDefault(parsed.IsGiven) is { } other
                ? throw new CommandException(
                    $"{other.Name} is for a file of eight bits: add {quantize.Name} {EightBits}, or leave it out."
                )
                : false;
        }

        return parsed.IsGiven(data.Images) || (run is not null && DataOptions.NameImages(run.Notes))
            ? true
            : throw new CommandException(
                $"{quantize.Name} takes the ranges of feature maps from images like those that the network will see: name some with {data.Images.Name}, such as a folder, or {TrainingData.Known[0]}."
            );
    }

    /// <summary>How a network is quantised, and images that it can be compared on.</summary>
    /// <param name="notebook">Is told what was decided about the images.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The run that may know its images.</param>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is written.</param>
    public (QuantizationOptions Options, ImageDataset Held) Read(
        INotebook notebook,
        ParseResult parsed,
        TrainingRun? run,
        Network network,
        OnnxOptions options
    )
    {
        var named = DataOptions.Open(data.Notes(parsed, run?.Notes));
        named.ShowRemarks(notebook);
        var side = network.DataConfig.InputSize;
        var (height, width) = (Pixels(options.Height), Pixels(options.Width));
        var config = network.DataConfig with { InputSize = Math.Max(height, width) };
        var (train, held) = named.FitTo(network, config, seed: 0);
        return (
            new QuantizationOptions
            {
                Images = train.FitTo(network.InChans, height, width),
                CalibrationImages = parsed.GetValue(images),
                CalibrateMethod = Read<CalibrationMethod>(parsed, method),
                ActivationType = Read<QuantType>(parsed, activations),
                ReduceRange = parsed.GetValue(reduce),
            },
            held.FitTo(network.InChans, height, width)
        );

        int Pixels(int? wanted) => wanted is > 0 and var number ? number : side;
    }

    private static Option<string> Kind<T>(string name, string description, T value, string helpName)
        where T : struct, Enum
    {
        var option = CommonOptions.Make(name, description, $"{value}", helpName);
        option.CompletionSources.Add([.. Enum.GetNames<T>()]);
        return option;
    }

    // However it is written.
    private static T Read<T>(ParseResult parsed, Option<string> option)
        where T : struct, Enum
    {
        var word = parsed.GetRequiredValue(option);
        return Enum.GetValues<T>()
                .Cast<T?>()
                .FirstOrDefault(kind => word.Equals($"{kind}", StringComparison.OrdinalIgnoreCase))
            ?? throw new CommandException(
                $"{option.Name} is '{word}': it takes {Spelling.Either(Enum.GetNames<T>())}."
            );
    }
}
