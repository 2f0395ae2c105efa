using TorchSharp.Modules;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Architectures;

/// <summary>The one builder: a <see cref="StagedArchitecture"/> as a module.</summary>
internal sealed class StagedNetwork : Network
{
    private readonly List<nn.Module<Tensor, Tensor>> body = [];
    private readonly nn.Module<Tensor, Tensor>[] head;

    internal StagedNetwork(StagedArchitecture architecture, int numClasses, int inChans)
        : base(architecture.Info, numClasses, inChans)
    {
        var named = new List<(string Name, nn.Module<Tensor, Tensor> Module)>();
        AddStem(architecture, inChans, named);
        long channels = architecture.Stem.Width;
        for (var i = 0; i < architecture.Stages.Count; i++)
        {
            var stage = architecture.Stages[i];
            var blocks = new List<nn.Module<Tensor, Tensor>>();
            for (var b = 0; b < stage.Depth; b++)
            {
                blocks.Add(new ResidualBlock(channels, stage, i > 0 && b == 0 ? 2 : 1, architecture));
                channels = stage.OutputWidth;
            }

            named.Add(($"layer{i + 1}", nn.Sequential(blocks)));
        }

        body.AddRange(named.Select(n => n.Module));
        var fc = nn.Linear(channels, numClasses);
        head = [new FastGlobalAvgPool(), fc];
        Register(architecture.Names, named, fc);
        Initialize(fc);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        CheckInput(x);
        using var scope = NewDisposeScope();
        foreach (var module in body.Concat(head))
        {
            x = module.call(x);
        }

        return x.MoveToOuterDisposeScope();
    }

    private static void AddStem(
        StagedArchitecture architecture,
        int inChans,
        List<(string Name, nn.Module<Tensor, Tensor> Module)> body
    )
    {
        var (kind, width, activation, patch) = architecture.Stem;
        var options = new LayerOptions(Downsampling.Strided, architecture.AbnWeight, architecture.Scripted);
        if (kind == StemKind.SpaceToDepth)
        {
            body.Add(("s2d", new SpaceToDepth(patch, architecture.Scripted)));
            body.Add(("conv1", new ConvNormAct(inChans * patch * patch, width, 3, activation, options)));
            return;
        }

        body.Add(("conv1", new ConvNormAct(inChans, width, 7, activation, options, stride: 2)));
        body.Add(("maxpool", nn.MaxPool2d(3, stride: 2, padding: 1)));
    }

    private void Register(ParameterNames names, List<(string Name, nn.Module<Tensor, Tensor> Module)> named, Linear fc)
    {
        if (names == ParameterNames.TResNet)
        {
            register_module("body", new NamedModules("body", named));
            register_module("head", new NamedModules("head", [("fc", fc)]));
            return;
        }

        foreach (var (name, module) in named)
        {
            if (module is ConvNormAct stem)
            {
                Naming.Register(this, names, 1, stem);
            }
            else
            {
                register_module(name, module);
            }
        }

        register_module("fc", fc);
    }

    /// <summary>Convolutions as He et al. for leaky ReLU, by outputs; the classifier small (the paper's implementation).</summary>
    private void Initialize(Linear fc)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (parameter.dim() == 4)
            {
                nn.init.kaiming_normal_(
                    parameter,
                    mode: nn.init.FanInOut.FanOut,
                    nonlinearity: nn.init.NonlinearityType.LeakyReLU
                );
            }
        }

        nn.init.normal_(fc.weight!, 0, 0.01);
    }

    /// <summary>A level of parameter names.</summary>
    private sealed class NamedModules : nn.Module
    {
        internal NamedModules(string name, IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> modules)
            : base(name)
        {
            foreach (var (child, module) in modules)
            {
                register_module(child, module);
            }
        }
    }
}
