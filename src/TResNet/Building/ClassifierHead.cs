// Multi-sample dropout: Inoue, arXiv 1905.09788, figure 1.
using TorchSharp;
using TorchSharp.Modules;
using TResNet.Architectures;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>
/// What follows the last feature map: global pooling, dropout, and the classifier, which can be exchanged; or an ML-Decoder in the place of all.
/// </summary>
internal sealed class ClassifierHead
{
    private readonly nn.Module owner;
    private readonly string name;
    private readonly long channels;
    private readonly ClassifierKind kind;
    private readonly double dropRate;
    private readonly int samples;
    private readonly MLDecoderOptions? decoder;
    private GlobalPooling? pool;
    private nn.Module<Tensor, Tensor>? classifier;

    /// <summary>Makes the head and registers it.</summary>
    /// <param name="owner">Gets <c>global_pool</c> and the classifier.</param>
    /// <param name="name">The classifier's name, <c>fc</c> or <c>classifier</c>.</param>
    /// <param name="channels">Channels of the last feature map.</param>
    /// <param name="classes">Length of the output.</param>
    /// <param name="architecture">Says what the head is, how to pool and drop.</param>
    /// <param name="kind">What a linear classifier is.</param>
    internal ClassifierHead(
        nn.Module owner,
        string name,
        long channels,
        int classes,
        Architecture architecture,
        ClassifierKind kind = ClassifierKind.Linear
    )
    {
        (this.owner, this.name, this.channels, this.kind) = (owner, name, channels, kind);
        dropRate = architecture.DropRate;
        samples = architecture.DropoutSamples;
        decoder = architecture.Head == HeadKind.MLDecoder ? architecture.Decoder : null;
        Reset(classes, architecture.GlobalPool);
    }

    /// <summary>Whether the classifier sees pooled features.</summary>
    internal bool Pools => decoder is null;

    /// <summary>How it pools.</summary>
    internal GlobalPool Pool { get; private set; }

    /// <summary>Exchanges the classifier for a fresh one.</summary>
    /// <param name="classes">Length of the output; 0 leaves the pooled features.</param>
    /// <param name="pooling">How it pools.</param>
    /// <param name="like">A parameter whose device and type the classifier gets; null for the defaults.</param>
    internal void Reset(int classes, GlobalPool pooling, Tensor? like = null)
    {
        Pool = pooling;
        Remove();
        pool =
            decoder is null || classes == 0
                ? new GlobalPooling(pooling, flatten: kind != ClassifierKind.Convolution)
                : null;
        owner.register_module("global_pool", pool!);
        classifier =
            classes == 0 ? null
            : decoder is null ? Classifier(channels * GlobalPooling.FeaturesPerChannel(pooling), classes)
            : new MLDecoder(channels, classes, decoder);
        if (classifier is not null)
        {
            if (like is not null)
            {
                classifier.to(like.device).to(like.dtype);
            }

            owner.register_module(name, classifier);
        }
    }

    /// <summary>Changes what the classifier begins with: of an ML-Decoder its last layer.</summary>
    /// <param name="scale">What its weights and biases are multiplied by; null to leave them.</param>
    /// <param name="bias">What its biases then are; null to leave them.</param>
    internal void Begin(double? scale, double? bias)
    {
        using var _ = no_grad();
        IEnumerable<Parameter> last = classifier switch
        {
            MLDecoder decoder => decoder.Classifier,
            { } linear => linear.parameters(),
            null => [],
        };
        foreach (var parameter in last)
        {
            using Scalar factor = scale ?? 1;
            parameter.mul_(factor);
            if (bias is { } value && parameter.dim() == 1)
            {
                nn.init.constant_(parameter, value);
            }
        }
    }

    /// <summary>Takes the head out of its network.</summary>
    internal void Remove()
    {
        owner.register_module("global_pool", null!);
        owner.register_module(name, null!);
        classifier?.Dispose();
    }

    /// <summary>Maps the last feature map [N, C, H, W] to [N, classes].</summary>
    /// <param name="x">The map.</param>
    /// <param name="training">Whether features are dropped.</param>
    internal Tensor Apply(Tensor x, bool training)
    {
        using var scope = NewDisposeScope();
        var features = pool is null ? x : pool.call(x);
        if (!training || dropRate == 0 || decoder is not null)
        {
            return Classify(features).MoveToOuterDisposeScope();
        }

        var logits = Enumerable
            .Range(0, samples)
            .Select(_ => Classify(nn.functional.dropout(features, dropRate, training: true)))
            .ToArray();
        return (samples == 1 ? logits[0] : stack(logits).mean([0])).MoveToOuterDisposeScope();
    }

    internal Value Lower(GraphBuilder graph, Value x)
    {
        var features = pool is null ? x : graph.Lower(pool, x);
        var y = classifier is null ? features : graph.Lower(classifier, features);
        return y.IsMap ? graph.Add(new Graphs.Flatten(y)) : y;
    }

    private nn.Module<Tensor, Tensor> Classifier(long features, int classes)
    {
        nn.Module<Tensor, Tensor> made =
            kind == ClassifierKind.Convolution ? new Layers.Conv2d(features, classes, 1) : nn.Linear(features, classes);
        using var _ = no_grad();
        nn.init.zeros_(made.get_parameter("bias")!);
        var weight = made.get_parameter("weight")!;
        if (kind == ClassifierKind.UniformLinear)
        {
            var bound = 1 / Math.Sqrt(classes);
            nn.init.uniform_(weight, -bound, bound);
        }
        else
        {
            nn.init.normal_(weight, 0, 0.01);
        }

        return made;
    }

    private Tensor Classify(Tensor features)
    {
        var y = classifier is null ? features : classifier.call(features);
        return y.dim() == 4 ? y.flatten(1) : y.alias();
    }
}

/// <summary>What a classifier is, and how its weights begin.</summary>
internal enum ClassifierKind
{
    /// <summary>A linear layer with small weights, so that training begins with even odds (the paper's implementation).</summary>
    Linear,

    /// <summary>A linear layer with weights uniform within 1 / sqrt(classes) (EfficientNet's implementation).</summary>
    UniformLinear,

    /// <summary>A 1x1 convolution with small weights (timm's ResNetV2).</summary>
    Convolution,
}
