using Notebook;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Weights;

namespace TResNet.Interactive.Commands;

/// <summary>A network that is measured: one in a variable, or one by name, which is built when it is needed and disposed with this.</summary>
internal sealed class MeasuredNetwork : IDisposable
{
    private readonly Lazy<Network> network;

    private MeasuredNetwork(string label, ModelInfo info, IReadOnlyList<long> image, bool isNew, Func<Network> make)
    {
        Network.CheckInputSize(info, image[1], image[2]);
        (Label, Image, IsNew) = (label, image, isNew);
        network = new Lazy<Network>(make);
    }

    /// <summary>What tables call it: its name, or that of its variable with the name in brackets.</summary>
    public string Label { get; }

    /// <summary>The shape of one image: [C, H, W].</summary>
    public IReadOnlyList<long> Image { get; }

    /// <summary>Whether it is built by name, so that its results mean the same in another session.</summary>
    public bool IsNew { get; }

    /// <summary>What tables call a network in a variable: the variable's name with the network's in brackets.</summary>
    public static string LabelOf(string variable, Network network) => $"{variable} ({network.Info.Name})";

    /// <summary>The network, built by now.</summary>
    public Network Built => network.Value;

    /// <param name="notebook">Where variables are.</param>
    /// <param name="name">A variable's name, or a network's with its switches.</param>
    /// <param name="inputSize">The side of its images in pixels; null for what it is meant for.</param>
    /// <param name="settings">Switches that are set; only of a network by name.</param>
    /// <param name="says">What its weights say of it; null for nothing.</param>
    /// <exception cref="TResNetException">There is no such network, or it does not take images of this size.</exception>
    /// <exception cref="CommandException">Switches are to be set of a network in a variable.</exception>
    public static MeasuredNetwork Of(
        INotebook notebook,
        string name,
        int? inputSize,
        IReadOnlyList<string>? settings = null,
        WeightsDescription? says = null
    )
    {
        if (CommonOptions.Variable(notebook, name, settings ?? []) is { } own)
        {
            var pixels = inputSize ?? own.DataConfig.InputSize;
            return new MeasuredNetwork(LabelOf(name, own), own.Info, [own.InChans, pixels, pixels], false, () => own);
        }

        var architecture = SwitchOption.Describe(name, settings ?? []);
        var size = inputSize ?? says?.Data.InputSize?[1] ?? architecture.Info.InputSize;
        var channels = says?.Data.Channels ?? 3;
        return new MeasuredNetwork(
            architecture.Info.Name,
            architecture.Info,
            [channels, size, size],
            true,
            () =>
            {
                TorchSharp.torch.manual_seed(42);
                return CommonOptions.New(architecture, says?.NumClasses ?? 1000, channels);
            }
        );
    }

    public void Dispose()
    {
        if (IsNew && network.IsValueCreated)
        {
            Built.Dispose();
        }
    }
}
