using TResNet.Architectures;
using TResNet.Data.Transforms;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>An image classifier: [N, C, H, W], scaled to [0, 1], to [N, classes] logits.</summary>
public abstract class Network : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly List<Part> body = [];
    private readonly List<(FeatureInfo Info, nn.Module<Tensor, Tensor> Source, int Part)> features = [];
    private ClassifierHead? head;
    private int frozenParts;

    /// <summary>Makes the network.</summary>
    /// <param name="architecture">What it is.</param>
    /// <param name="numClasses">Length of its output.</param>
    /// <param name="inChans">Channels of its input.</param>
    private protected Network(Architecture architecture, int numClasses, int inChans)
        : base(architecture.Info.Name)
    {
        Architecture = architecture;
        Info = architecture.Info;
        NumClasses = numClasses;
        InChans = inChans;
        MultiLabel = architecture.MultiLabel;
        DataConfig = new DataConfig(Info.InputSize, Info.CropPct, CropMode.Center, Info.Interpolation, Info.Normalize);
    }

    /// <summary>What it was built from.</summary>
    public Architecture Architecture { get; }

    /// <summary>What it is; of a variant, what that is.</summary>
    public ModelInfo Info { get; }

    /// <summary>Length of its output.</summary>
    public int NumClasses { get; private set; }

    /// <summary>Channels of its input.</summary>
    public int InChans { get; }

    /// <summary>
    /// Whether an image may have several classes, or none: <see cref="predict"/> then gives each a probability of its own. As <see
    /// cref="Architecture.MultiLabel"/> has it, until it is trained on such images or loads weights that were.
    /// </summary>
    public bool MultiLabel { get; set; }

    /// <summary>
    /// How the images that it sees are prepared: as <see cref="Info"/> has it, until it is trained on others or loads weights that were.
    /// </summary>
    internal DataConfig DataConfig { get; set; }

    /// <summary>The names of its classes in the order of its outputs; null where nobody said.</summary>
    internal IReadOnlyList<string>? Classes { get; set; }

    /// <summary>The probability above which an image has a class, where it may have several; null for the usual one.</summary>
    internal double? Threshold { get; set; }

    /// <summary>The same for each class, in the place of one for all; null where nobody tuned them for its weights.</summary>
    internal IReadOnlyList<double>? Thresholds { get; set; }

    /// <summary>Where its weights are from, as words by name: run, data, which of them, their metric.</summary>
    internal IReadOnlyDictionary<string, string> Provenance { get; set; } = new Dictionary<string, string>();

    /// <summary>The feature maps that it gives at each of its resolutions, finest first.</summary>
    public IReadOnlyList<FeatureInfo> FeatureInfo => [.. features.Select(f => f.Info)];

    /// <summary>Maps images [N, C, H, W] to logits [N, classes].</summary>
    /// <exception cref="TResNetException">They are not images for this network.</exception>
    public sealed override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return forward_head(forward_features(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Maps images [N, C, H, W] to the last feature map.</summary>
    /// <exception cref="TResNetException">They are not images for this network.</exception>
    public Tensor forward_features(Tensor x)
    {
        CheckInput(x.shape);
        using var scope = NewDisposeScope();
        var rest = body.AsEnumerable();
        if (frozenParts > 0)
        {
            using var _ = no_grad();
            x = Row(x, body.Take(frozenParts));
            rest = body.Skip(frozenParts);
        }

        return Row(x, rest).MoveToOuterDisposeScope();
    }

    /// <summary>The row up to the last stage, in pieces that can be computed again one by one: the stem, and each block of each stage.</summary>
    /// <returns>What is computed without autograd before them, the pieces, and what follows them, up to the logits.</returns>
    internal (
        Func<Tensor, Tensor> First,
        IReadOnlyList<nn.Module<Tensor, Tensor>[]> Pieces,
        Func<Tensor, Tensor> Last
    ) Split()
    {
        var end = body.FindLastIndex(part => part.IsStage) + 1;
        var pieces = new List<nn.Module<Tensor, Tensor>[]>();
        nn.Module<Tensor, Tensor>[] stem =
        [
            .. body.Take(end).Skip(frozenParts).TakeWhile(part => !part.IsStage).Select(part => part.Module),
        ];
        if (stem.Length > 0)
        {
            pieces.Add(stem);
        }

        var stages = body.Take(end).Skip(frozenParts).Where(part => part.IsStage);
        pieces.AddRange(stages.SelectMany(part => Blocks(part.Module)).Select(block => new[] { block }));
        var rest = body.Skip(Math.Max(end, frozenParts));
        return (
            x =>
            {
                CheckInput(x.shape);
                return Row(x, body.Take(frozenParts));
            },
            pieces,
            x => forward_head(Row(x, rest))
        );
    }

    /// <summary>
    /// Its parameters from the images to the head, as timm's <c>group_matcher</c> has them: the stem, each block, what follows the last stage, and all else.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<TorchSharp.Modules.Parameter>> LayerGroups()
    {
        var end = body.FindLastIndex(part => part.IsStage) + 1;
        IEnumerable<IEnumerable<nn.Module>> modules =
        [
            body.TakeWhile(part => !part.IsStage).Select(part => (nn.Module)part.Module),
            .. body.Take(end)
                .Where(part => part.IsStage)
                .SelectMany(part => Blocks(part.Module))
                .Select(block => new nn.Module[] { block }),
            body.Skip(end).Select(part => (nn.Module)part.Module),
        ];
        List<TorchSharp.Modules.Parameter[]> groups =
        [
            .. modules.Select(group => group.SelectMany(module => module.parameters()).ToArray()),
        ];
        groups.RemoveAll(group => group.Length == 0);
        var known = groups.SelectMany(group => group).Select(each => each.Handle).ToHashSet();
        groups.Add([.. parameters().Where(each => !known.Contains(each.Handle))]);
        return groups;
    }

    private static IEnumerable<nn.Module<Tensor, Tensor>> Blocks(nn.Module<Tensor, Tensor> stage) =>
        stage is TorchSharp.Modules.Sequential sequence
            ? sequence.children().Cast<nn.Module<Tensor, Tensor>>().SelectMany(Blocks)
            : [stage];

    private static Tensor Row(Tensor x, IEnumerable<Part> parts)
    {
        foreach (var part in parts)
        {
            x = part.Module.call(x);
        }

        return x;
    }

    /// <summary>Maps the last feature map to logits [N, classes].</summary>
    /// <param name="x">What <see cref="forward_features"/> gave.</param>
    public Tensor forward_head(Tensor x) => head!.Apply(x, training);

    /// <summary>Maps images [N, C, H, W] to feature maps.</summary>
    /// <param name="x">The images.</param>
    /// <param name="indices">Which of <see cref="FeatureInfo"/>, from 0 or, backwards, from -1; all where it is null.</param>
    /// <returns>The maps in that order, [N, C', H/reduction, W/reduction].</returns>
    /// <exception cref="TResNetException">They are not images for this network, or there is no such map.</exception>
    public Tensor[] forward_intermediates(Tensor x, IReadOnlyList<int>? indices = null)
    {
        var wanted = Indices(indices);
        var maps = new Dictionary<int, Tensor>();
        var hooks = wanted
            .Distinct()
            .Select(i =>
                features[i]
                    .Source.register_forward_hook(
                        (_, _, output) =>
                        {
                            maps[i] = output.alias().DetachFromDisposeScope();
                            return output;
                        }
                    )
            )
            .ToList();
        try
        {
            forward_features(x).Dispose();
        }
        finally
        {
            hooks.ForEach(hook => hook.remove());
        }

        Tensor[] results = [.. wanted.Select(i => maps[i].alias())];
        foreach (var map in maps.Values)
        {
            map.Dispose();
        }

        return results;
    }

    /// <summary>
    /// Maps images [N, C, H, W] to probabilities [N, classes]: over the classes, or of each class where an image may have several (<see
    /// cref="MultiLabel"/>).
    /// </summary>
    /// <exception cref="TResNetException">They are not images for this network.</exception>
    public Tensor predict(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return ToProbabilities(call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="predict"/> makes of logits [N, classes].</summary>
    internal Tensor ToProbabilities(Tensor logits) => MultiLabel ? logits.sigmoid() : logits.softmax(1);

    /// <summary>Exchanges the classifier for a fresh one, to train the network on other classes.</summary>
    /// <param name="numClasses">Length of its output; 0 makes it give the pooled features.</param>
    /// <param name="globalPool">How the last feature map becomes one vector an image; as before where it is null.</param>
    /// <exception cref="TResNetException">The number is negative, or there is a pooling for an ML-Decoder, which has none.</exception>
    public void reset_classifier(int numClasses, GlobalPool? globalPool = null)
    {
        if (numClasses < 0)
        {
            throw new TResNetException(
                $"{Info.Name} was asked for {numClasses} classes: it takes at least 1, or 0 for features without a classifier."
            );
        }

        if (numClasses > 0 && globalPool is not null && !head!.Pools)
        {
            throw new TResNetException(
                $"{Info.Name} was given {globalPool} pooling for its classifier: an ML-Decoder reads the whole feature map; leave globalPool out."
            );
        }

        var like = parameters().First();
        head!.Reset(numClasses, globalPool ?? head.Pool, like);
        NumClasses = numClasses;
        (Classes, Threshold, Thresholds) = (null, null, null);
        train(training);
    }

    /// <summary>Refuses an input that the network cannot take.</summary>
    /// <param name="height">The input's height, in pixels.</param>
    /// <param name="width">The input's width, in pixels.</param>
    /// <exception cref="TResNetException">A side is not positive or no multiple of what the network asks for.</exception>
    public void CheckInputSize(long height, long width) => CheckInputSize(Info, height, width);

    /// <summary>Refuses an input that a network could not take, before it is built.</summary>
    /// <param name="info">The network.</param>
    /// <param name="height">The input's height, in pixels.</param>
    /// <param name="width">The input's width, in pixels.</param>
    /// <exception cref="TResNetException">A side is not positive or no multiple of what the network asks for.</exception>
    public static void CheckInputSize(ModelInfo info, long height, long width)
    {
        if (height < 1 || width < 1 || height % info.Multiple != 0 || width % info.Multiple != 0)
        {
            var near = Math.Max(1, ((Math.Max(height, 1) + (info.Multiple / 2)) / info.Multiple)) * info.Multiple;
            throw new TResNetException(
                info.Multiple == 1
                    ? $"The input is {height}x{width} pixels; both sides have to be at least 1."
                    : $"The input is {height}x{width} pixels, and {info.Name} takes sides that are multiples of {info.Multiple}: use {near}."
            );
        }
    }

    /// <summary>The positions of feature maps, counted from 0.</summary>
    /// <param name="asked">Positions from 0, or from -1 backwards; null for all.</param>
    internal int[] Indices(IReadOnlyList<int>? asked)
    {
        int[] all = [.. Enumerable.Range(0, features.Count)];
        if (asked is null)
        {
            return all;
        }

        if (asked.Count == 0 || asked.Any(i => i < -all.Length || i >= all.Length))
        {
            throw new TResNetException(
                $"{Info.Name} was asked for the feature maps [{string.Join(", ", asked)}]: it has {all.Length}, with reductions {string.Join(", ", features.Select(f => f.Info.Reduction))}; name them from 0 to {all.Length - 1}, or from -1 backwards."
            );
        }

        return [.. asked.Select(i => i < 0 ? i + all.Length : i)];
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        CheckInput(x.Shape);
        return head!.Lower(graph, graph.Lower(body.Select(part => part.Module), x));
    }

    /// <summary>Adds what <see cref="forward_intermediates"/> computes.</summary>
    /// <param name="graph">Takes the operations.</param>
    /// <param name="x">The images.</param>
    /// <param name="indices">Which of <see cref="FeatureInfo"/>, from 0.</param>
    internal Value[] LowerIntermediates(GraphBuilder graph, Value x, IReadOnlyList<int> indices)
    {
        CheckInput(x.Shape);
        graph.Lower(body.Select(part => part.Module), x);
        return [.. indices.Select(i => graph.ResultOf(features[i].Source))];
    }

    /// <summary>Changes what the classifier begins with.</summary>
    /// <param name="scale">What its weights and biases are multiplied by; null to leave them.</param>
    /// <param name="bias">What its biases then are; null to leave them.</param>
    internal void BeginHead(double? scale, double? bias) => head!.Begin(scale, bias);

    /// <summary>Computes the first of its parts without autograd from now on, as what does not learn.</summary>
    /// <param name="stage">The last of them, by a name of <see cref="StageNames"/>; null for none.</param>
    /// <returns>Their modules, with the names that what they hold begins with.</returns>
    /// <exception cref="TResNetException">There is no such stage.</exception>
    internal IReadOnlyList<(string Name, nn.Module Module)> Freeze(string? stage)
    {
        frozenParts = stage is null ? 0 : Stages.End(stage, Info.Name);
        return [.. body.Take(frozenParts).Select(part => (Path(part), (nn.Module)part.Module))];
    }

    private StageNames Stages => new([.. body.Select(part => (Path(part), part.IsStage))]);

    private string Path(Part part) =>
        part.Owner is null || ReferenceEquals(part.Owner, this) ? part.Name : $"{part.Owner.GetName()}.{part.Name}";

    /// <summary>Leaves out the head and what comes after a feature map.</summary>
    /// <param name="lastFeature">Its position, from 0.</param>
    internal void Prune(int lastFeature)
    {
        head!.Remove();
        var end = features[lastFeature].Part;
        foreach (var part in body.Skip(end + 1))
        {
            part.Owner?.register_module(part.Name, null!);
            part.Module.Dispose();
        }

        body.RemoveRange(end + 1, body.Count - end - 1);
    }

    /// <summary>Adds a module to those that are called one after the other, and registers it.</summary>
    /// <param name="owner">Gets the module under its name; null where its layers have names of their own.</param>
    /// <param name="name">The module's name.</param>
    /// <param name="module">The module.</param>
    /// <param name="isStage">Whether it is a stage, and not a part of the stem or of what follows the stages.</param>
    private protected void Add(nn.Module? owner, string name, nn.Module<Tensor, Tensor> module, bool isStage = false)
    {
        owner?.register_module(name, module);
        body.Add(new Part(module, owner, name, isStage));
    }

    /// <summary>Says that the module added last gives a feature map.</summary>
    /// <param name="info">What it is.</param>
    /// <param name="source">The module that computes it, within the one added last.</param>
    private protected void AddFeature(FeatureInfo info, nn.Module<Tensor, Tensor> source) =>
        features.Add((info, source, body.Count - 1));

    /// <summary>Sets the head.</summary>
    private protected void SetHead(ClassifierHead classifier) => head = classifier;

    /// <summary>Refuses a tensor that is no batch of images for this network.</summary>
    private void CheckInput(IReadOnlyList<long> shape)
    {
        if (shape.Count != 4 || shape[1] != InChans)
        {
            throw new TResNetException(
                $"{Info.Name} takes images [N, {InChans}, H, W] and got [{string.Join(", ", shape)}]."
            );
        }

        CheckInputSize(shape[2], shape[3]);
    }

    private sealed record Part(nn.Module<Tensor, Tensor> Module, nn.Module? Owner, string Name, bool IsStage);
}
