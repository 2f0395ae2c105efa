using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>A network that is measured: one in a variable, or one by name, which is built when it is needed and disposed with this.</summary>
internal sealed class Subject : IDisposable
{
    private readonly Lazy<Network> network;
    private readonly int? side;

    private Subject(string label, IReadOnlyList<long> image, bool isNew, int? side, Func<Network> make)
    {
        (Label, Image, IsNew, this.side) = (label, image, isNew, side);
        network = new Lazy<Network>(() => Checked(make()));
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
    /// <exception cref="TResNetException">It does not take images of the size that was asked for.</exception>
    public Network Network => network.Value;

    /// <param name="notebook">Where variables are.</param>
    /// <param name="name">A variable's name, or a network's with its switches.</param>
    /// <param name="inputSize">The side of its images in pixels; null for what it is meant for.</param>
    /// <param name="settings">Switches that are set; only of a network by name.</param>
    public static Subject Of(INotebook notebook, string name, int? inputSize, IReadOnlyList<string>? settings = null)
    {
        if (CommonOptions.Variable(notebook, name, settings ?? []) is { } own)
        {
            var pixels = inputSize ?? own.Info.InputSize;
            return new Subject(LabelOf(name, own), [own.InChans, pixels, pixels], false, inputSize, () => own);
        }

        var architecture = SwitchOption.Describe(name, settings ?? []);
        var size = inputSize ?? architecture.Info.InputSize;
        return new Subject(
            architecture.Info.Name,
            [3, size, size],
            true,
            inputSize,
            () =>
            {
                TorchSharp.torch.manual_seed(42);
                return architecture.Build(1000, 3);
            }
        );
    }

    public void Dispose()
    {
        if (IsNew && network.IsValueCreated)
        {
            network.Value.Dispose();
        }
    }

    private Network Checked(Network made)
    {
        CommonOptions.SizeFor(made, side);
        return made;
    }
}
