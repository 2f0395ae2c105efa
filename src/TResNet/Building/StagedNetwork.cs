using TorchSharp.Modules;
using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>The one builder: a <see cref="StagedArchitecture"/> as a module.</summary>
internal sealed class StagedNetwork : Network
{
    private readonly StagedArchitecture network;

    internal StagedNetwork(StagedArchitecture architecture, int numClasses, int inChans)
        : base(architecture, numClasses, inChans)
    {
        network = architecture;
        var names = architecture.Names;
        nn.Module owner = this;
        if (names == ParameterNames.TResNet)
        {
            register_module("body", owner = new NamedModules("body"));
        }

        AddStem(owner, new StemLayers(architecture, inChans));
        AddStages(owner);
        var channels = architecture.Stages[^1].OutputWidth;
        if (architecture.PreActivation)
        {
            Add(this, "norm", architecture.NormAct.Make(channels, architecture.NormAct.Inner));
        }

        InitializeConvolutions();
        AddHead(channels, numClasses);
    }

    /// <summary><c>head.fc</c> or <c>fc</c>; an ML-Decoder stands in the place of the whole.</summary>
    private void AddHead(long channels, int numClasses)
    {
        var isInside = network.Names is ParameterNames.TResNet or ParameterNames.RegNet or ParameterNames.ResNetV2;
        var (owner, name) = ((nn.Module)this, isInside ? "head" : "fc");
        if (isInside && network.Head == HeadKind.Linear)
        {
            register_module(name, owner = new NamedModules(name));
            name = "fc";
        }

        var kind = network.Names == ParameterNames.ResNetV2 ? ClassifierKind.Convolution : ClassifierKind.Linear;
        SetHead(new ClassifierHead(owner, name, channels, numClasses, network, kind));
    }

    private void AddStem(nn.Module owner, StemLayers stem)
    {
        switch (network.Names)
        {
            case ParameterNames.RegNet:
            case ParameterNames.ResNetV2:
                AddNamedStem(stem);
                break;
            case ParameterNames.TResNet:
                AddOptional(owner, "s2d", stem.Patches);
                Add(owner, "conv1", stem.Convolutions is [var only] ? only : nn.Sequential([.. stem.Convolutions]));
                AddStemFeature(stem, "body.conv1");
                AddOptional(owner, "maxpool", stem.Pool);
                break;
            default:
                AddOptional(owner, "s2d", stem.Patches);
                AddResNetStem(stem.Convolutions);
                AddStemFeature(stem, "bn1");
                AddOptional(owner, "maxpool", stem.Pool);
                break;
        }
    }

    /// <summary><c>conv1</c> and <c>bn1</c>; the first two of three convolutions are inside <c>conv1</c>, whose numbers count activations too.</summary>
    private void AddResNetStem(ConvNormAct[] convolutions)
    {
        var last = convolutions[^1];
        if (convolutions is [var first, var second, _])
        {
            Add(
                this,
                "conv1",
                Naming.Sequence(
                    ("0", first.Conv),
                    ("1", first.Norm),
                    ("3", second.Conv),
                    ("4", second.Norm),
                    ("6", last.Conv)
                )
            );
        }
        else
        {
            Add(this, "conv1", last.Conv);
        }

        AddOptional(this, "bn1", last.Norm);
    }

    /// <summary>All layers under <c>stem</c>.</summary>
    private void AddNamedStem(StemLayers stem)
    {
        var convolutions = stem.Convolutions;
        if (
            network.Names == ParameterNames.RegNet
            && convolutions is [var only]
            && stem is { Patches: null, Pool: null }
        )
        {
            Add(this, "stem", only);
            AddStemFeature(stem, "stem");
            return;
        }

        List<(string Name, nn.Module<Tensor, Tensor>? Module)> layers = [("s2d", stem.Patches)];
        for (var i = 0; i < convolutions.Length; i++)
        {
            var number = convolutions.Length == 1 ? "" : $"{i + 1}";
            layers.AddRange([($"conv{number}", convolutions[i].Conv), ($"norm{number}", convolutions[i].Norm)]);
        }

        layers.Add(("pool", stem.Pool));
        Add(this, "stem", Naming.Sequence(layers));
        AddStemFeature(stem, convolutions.Length == 1 ? "stem.conv" : "stem.conv3");
    }

    /// <summary>The map between the stem's convolutions and its pooling, where no stage has the same size.</summary>
    private void AddStemFeature(StemLayers stem, string module)
    {
        var last = stem.Convolutions[^1];
        if (stem.Pool is not null || network.FirstStageHalves)
        {
            var reduction = stem.Pool is null ? network.Stem.Reduction : network.Stem.Reduction / 2;
            AddFeature(
                new FeatureInfo(network.Stem.Width, reduction, module),
                last.Norm ?? (nn.Module<Tensor, Tensor>)last.Conv
            );
        }
    }

    private void AddStages(nn.Module owner)
    {
        var (names, stages) = (network.Names, network.Stages);
        if (names == ParameterNames.ResNetV2)
        {
            register_module("stages", owner = new NamedModules("stages"));
        }

        long channels = network.Stem.Width;
        var firstDilation = 1;
        var (index, count) = (0, stages.Sum(stage => stage.Depth));
        foreach (var (i, place) in network.Places.Index())
        {
            var blocks = new List<nn.Module<Tensor, Tensor>>();
            for (var b = 0; b < place.Stage.Depth; b++, index++)
            {
                var dropPath = count == 1 ? 0 : network.DropPathRate * index / (count - 1);
                var stride = b == 0 ? place.Stride : 1;
                blocks.Add(
                    new ResidualBlock(
                        new BlockPlace(channels, stride, place.Dilation, firstDilation, dropPath),
                        place.Stage,
                        network
                    )
                );
                channels = place.Stage.OutputWidth;
                firstDilation = place.Dilation;
            }

            var (name, path, stage) = Named(i, blocks);
            Add(owner, name, stage, isStage: true);
            AddFeature(new FeatureInfo((int)channels, place.Reduction, path), stage);
        }
    }

    private (string Name, string Path, Sequential Stage) Named(int i, List<nn.Module<Tensor, Tensor>> blocks) =>
        network.Names switch
        {
            ParameterNames.RegNet => (
                $"s{i + 1}",
                $"s{i + 1}",
                nn.Sequential(blocks.Select((b, n) => ($"b{n + 1}", b)))
            ),
            ParameterNames.ResNetV2 => ($"{i}", $"stages.{i}", nn.Sequential(("blocks", nn.Sequential(blocks)))),
            ParameterNames.TResNet => ($"layer{i + 1}", $"body.layer{i + 1}", nn.Sequential(blocks)),
            _ => ($"layer{i + 1}", $"layer{i + 1}", nn.Sequential(blocks)),
        };

    private void AddOptional(nn.Module owner, string name, nn.Module<Tensor, Tensor>? module)
    {
        if (module is not null)
        {
            Add(owner, name, module);
        }
    }

    /// <summary>As He et al. (arXiv 1502.01852), by outputs: the paper's implementation and timm's.</summary>
    private void InitializeConvolutions()
    {
        if (SkipInit.IsOn)
        {
            return;
        }

        using var _ = no_grad();
        foreach (var parameter in parameters().Where(p => p.dim() == 4))
        {
            nn.init.kaiming_normal_(
                parameter,
                mode: nn.init.FanInOut.FanOut,
                nonlinearity: nn.init.NonlinearityType.LeakyReLU
            );
        }
    }
}
