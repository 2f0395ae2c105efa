using System.CommandLine;
using Notebook;
using TorchSharp;
using TResNet.Building;
using TResNet.Data.Loading;
using TResNet.Graphs.TorchScript;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Onnx;

namespace TResNet.Interactive.Export;

/// <summary>Writes a network for other programs.</summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx";
    private const string TorchScript = "torchscript";

    public static Command Create(INotebook notebook, string name)
    {
        var file = new Argument<string>("file") { Description = "The file to write, such as tresnet_m.onnx." };
        var trained = new TrainedNetwork();
        var classes = new Option<int?>("--num-classes")
        {
            Description =
                "Length of the output of a network without weights. Default: what the weights say, else 1000.",
            HelpName = "number",
        };
        var features = new Option<bool>("--features-only")
        {
            Description = "Writes the network without its head: feature maps, finest first, in the place of logits.",
        };
        var indices = new Option<int[]>("--out-indices")
        {
            Description = "Which feature maps, from 0 or, backwards, from -1. Default: all.",
            HelpName = "numbers",
            AllowMultipleArgumentsPerToken = true,
        };
        var format = new Option<string?>("--format")
        {
            Description =
                "The kind of file: onnx, or torchscript for PyTorch's torch.jit.load. Default: what the file's name ends in, .onnx or .torchscript.",
            HelpName = "format",
        };
        format.AcceptOnlyFromAmong(Onnx, TorchScript);
        var check = new Option<bool>("--check")
        {
            Description =
                "Runs the file in ONNX Runtime, where that is at hand, and says how far it is from the network.",
        };
        var options = new ExportOptions();
        var quantize = new QuantizeOptions();
        var command = new Command(
            name,
            "Writes a network as ONNX, for ONNX Runtime, browsers and others, or as TorchScript, and says how to run it there."
        )
        {
            file,
            trained.Run,
            trained.Model,
            trained.Switches,
            trained.Weights,
            classes,
            features,
            indices,
        };
        foreach (var option in (Option[])[.. options.Images, format, .. options.Computing, check, .. quantize.All])
        {
            command.Add(option);
        }

        OptionGroups.Put(
            "Network",
            trained.Run,
            trained.Model,
            trained.Switches,
            trained.Weights,
            classes,
            features,
            indices
        );
        OptionGroups.Put("Images", [.. options.Images]);
        OptionGroups.Put("File", [format, .. options.Computing, check]);
        OptionGroups.Put("Quantisation", [.. quantize.All]);
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var path = parsed.GetRequiredValue(file);
                var kind = parsed.GetValue(format) ?? FormatOf(path);
                if (
                    kind == TorchScript
                    && options.OfOnnxAlone.Append(check).Concat(quantize.All).FirstOrDefault(parsed.IsGiven)
                        is { } other
                )
                {
                    throw new CommandException(
                        $"{other.Name} is for ONNX; a TorchScript file takes any images, in float32: leave it out, or write ONNX."
                    );
                }

                OutputFile.RequireWritable($"<{file.Name}>", path, "network.onnx");
                var wanted = options.Read(parsed);
                if (parsed.IsGiven(indices) && !parsed.GetValue(features))
                {
                    throw new CommandException(
                        $"{indices.Name} is for feature maps: add {features.Name}, or leave it out."
                    );
                }

                var run = trained.ReadRun(parsed);
                if (parsed.IsGiven(classes) && (run is not null || parsed.GetValue(features)))
                {
                    throw new CommandException(
                        $"{classes.Name} is for a classifier that is made anew: {(run is not null ? "a run says its classes" : "feature maps have none")}, so leave it out."
                    );
                }

                var isQuantized = kind == Onnx && quantize.IsWanted(parsed, run);
                var weights = trained.ReadWeights(notebook, parsed, run, cancel);
                var (network, isNew) = trained.Resolve(notebook, parsed, run, weights, parsed.GetValue(classes), null);
                torch.nn.Module? exported = null;
                try
                {
                    if (run is null)
                    {
                        trained.Load(notebook, parsed, network, weights, resetClassifier: false);
                    }

                    ImageDataset? held = null;
                    if (isQuantized)
                    {
                        (var quantization, held) = quantize.Read(notebook, parsed, run, network, wanted);
                        wanted = wanted with { Quantization = quantization };
                    }

                    exported = parsed.GetValue(features) ? Features(network, isNew, parsed.GetValue(indices)) : network;
                    notebook.Display(
                        kind == TorchScript
                            ? Script(exported, path, wanted)
                            : Written(exported, path, wanted, parsed.GetValue(check), held)
                    );
                    if (run is null && weights is null && isNew)
                    {
                        notebook.Display(
                            new View
                            {
                                Parts =
                                [
                                    "The weights are fresh, since neither --weights nor --run named trained ones.",
                                ],
                            }
                        );
                    }
                }
                finally
                {
                    if (isNew)
                    {
                        network.Dispose();
                    }

                    if (!ReferenceEquals(exported, network))
                    {
                        exported?.Dispose();
                    }
                }
            }
        );
        return command;
    }

    private static string FormatOf(string path)
    {
        var ending = Path.GetExtension(path);
        return ending.ToLowerInvariant() switch
        {
            ".onnx" => Onnx,
            ".torchscript" => TorchScript,
            _ => throw new CommandException(
                $"{path} ends in {(ending.Length == 0 ? "no format's name" : $"'{ending}'")}: end it in .onnx or .torchscript, or say --format onnx or torchscript."
            ),
        };
    }

    private static View Written(
        torch.nn.Module network,
        string path,
        OnnxOptions options,
        bool isChecked,
        ImageDataset? held
    )
    {
        if (isChecked)
        {
            OnnxCheck.RequireRoom(network, options);
        }

        var file = network.ToOnnx(path, options);
        return !isChecked ? ExportViews.Of(file)
            : held is null ? ExportViews.Of(file, OnnxCheck.Of(network, path, options))
            : ExportViews.Of(file, QuantizedCheck.Of(network, path, options, held));
    }

    private static View Script(torch.nn.Module network, string path, OnnxOptions options)
    {
        // Of any size, as the file is.
        var image = ExportedImage.Of(
            network,
            new OnnxOptions { Height = OnnxOptions.Dynamic, Width = OnnxOptions.Dynamic }
        );
        var (operators, tensors) = TorchScriptFile.Write(network, image.Shape, path, options.Fold);
        return ExportViews.Of(path, operators, tensors, image);
    }

    // It takes its network apart, so one that somebody holds is copied first.
    private static FeatureNetwork Features(Network network, bool isNew, int[]? indices)
    {
        var wanted = indices is { Length: > 0 } ? indices : null;
        network.Indices(wanted);
        if (isNew)
        {
            return new FeatureNetwork(network, wanted);
        }

        var copy = network.Architecture.Build(Math.Max(network.NumClasses, 1), network.InChans);
        using (torch.no_grad())
        {
            var state = network.state_dict();
            foreach (var (key, target) in copy.state_dict())
            {
                if (state.TryGetValue(key, out var source) && source.shape.SequenceEqual(target.shape))
                {
                    target.copy_(source);
                }
            }
        }

        return new FeatureNetwork(copy, wanted);
    }
}
