using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Build;

/// <summary>Builds a network and shows its layers.</summary>
internal static class BuildCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var model = CommonOptions.Model();
        var switches = SwitchOption.Create();
        var classes = CommonOptions.Make("--num-classes", "Length of the output.", 1000, "number");
        var channels = CommonOptions.Make(
            "--in-chans",
            "Channels of the images: 3 for colours, 1 for grey.",
            3,
            "number"
        );
        var size = CommonOptions.InputSize();
        var weights = StartingWeights.Option();
        var seed = CommonOptions.Seed(42);
        var variable = CommonOptions.Name("--name", "The variable that gets the network.", "model");
        var command = new Command(
            name,
            "Builds a network and shows its layers, with output shapes, parameters and multiply-adds."
        )
        {
            model,
            switches,
            classes,
            channels,
            size,
            weights,
            seed,
            variable,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var from = NamedWeights.Find(notebook, parsed.GetValue(weights), cancel);
                var (network, _) = CommonOptions.Resolve(
                    notebook,
                    NetworkName.Of(notebook, parsed, model, from, looks: false),
                    parsed.GetRequiredValue(switches),
                    from?.Says.NumClasses is { } own ? parsed.ValueOr(classes, own) : parsed.GetValue(classes),
                    from?.Says.Data.Channels is { } taken ? parsed.ValueOr(channels, taken) : parsed.GetValue(channels),
                    parsed.GetValue(seed)
                );
                StartingWeights.Load(notebook, network, from);
                from?.Show(notebook, CommonOptions.Given(parsed, [model, switches, classes, channels, size]));
                var side = CommonOptions.SizeFor(network, parsed.GetValue(size));
                network.eval();
                notebook.SetVariable(parsed.GetRequiredValue(variable), network);
                notebook.Display(ModelViews.Of(network, side));
            }
        );
        return command;
    }
}
