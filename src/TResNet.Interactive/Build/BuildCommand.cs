using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Build;

/// <summary>Builds a network and shows its layers.</summary>
internal static class BuildCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var model = CommonOptions.Model("tresnet_m");
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
                var (network, _) = CommonOptions.Resolve(
                    notebook,
                    parsed.GetRequiredValue(model),
                    parsed.GetRequiredValue(switches),
                    parsed.GetValue(classes),
                    parsed.GetValue(channels),
                    parsed.GetValue(seed)
                );
                var side = CommonOptions.SizeFor(network, parsed.GetValue(size));
                StartingWeights.Load(notebook, network, parsed.GetValue(weights), cancel);
                network.eval();
                notebook.SetVariable(parsed.GetRequiredValue(variable), network);
                notebook.Display(ModelViews.Of(network, side));
            }
        );
        return command;
    }
}
