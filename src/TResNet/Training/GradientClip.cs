// Three ways to keep gradients small: their norm together, each value, or adaptive clipping (A. Brock et al., arXiv 2102.06171, section 4.1), which
// bounds the norm of each unit's gradient by a share of the norm of its weights.

using TorchSharp;
using TorchSharp.Modules;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Ways to bound gradients, with timm's names.</summary>
public enum ClipMode
{
    /// <summary>The norm of all gradients together.</summary>
    Norm,

    /// <summary>Each value by itself.</summary>
    Value,

    /// <summary>The norm of each unit's gradient, as a share of its weights' (adaptive gradient clipping); the classifier is left alone.</summary>
    Agc,
}

/// <summary>Bounds the gradients of a network before a step.</summary>
internal static class GradientClip
{
    private const double LeastNorm = 1e-3;
    private const double LeastGradient = 1e-6;

    /// <summary>Changes the gradients in place; nothing where the recipe has no bound.</summary>
    /// <param name="model">The network.</param>
    /// <param name="options">The recipe.</param>
    public static void Apply(nn.Module model, TrainingOptions options)
    {
        if (options.ClipGrad == 0)
        {
            return;
        }

        switch (options.ClipMode)
        {
            case ClipMode.Value:
                nn.utils.clip_grad_value_(Trained(model), options.ClipGrad);
                break;
            case ClipMode.Agc:
                Adaptively(BelowClassifier(model), options.ClipGrad);
                break;
            default:
                nn.utils.clip_grad_norm_(Trained(model), options.ClipGrad);
                break;
        }
    }

    private static IEnumerable<Parameter> Trained(nn.Module model) => model.parameters().Where(p => p.grad is not null);

    // Of other heads than an ML-Decoder the last two parameters are the classifier's, as timm tells them.
    private static IEnumerable<Parameter> BelowClassifier(nn.Module model) =>
        model.modules().OfType<MLDecoder>().FirstOrDefault() is { } decoder
            ? model.parameters().Where(each => !decoder.Classifier.Any(last => ReferenceEquals(each, last)))
            : model.parameters().SkipLast(2);

    private static void Adaptively(IEnumerable<Parameter> parameters, double share)
    {
        using var _ = no_grad();
        using Scalar factor = share;
        using Scalar least = LeastNorm;
        using Scalar tiny = LeastGradient;
        foreach (var parameter in parameters)
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is { } gradient)
            {
                var most = NormOfUnits(parameter).clamp_(min: least).mul_(factor);
                var norm = NormOfUnits(gradient);
                gradient.copy_(where(norm.lt(most), gradient, gradient * (most / norm.clamp(min: tiny))));
            }
        }
    }

    private static Tensor NormOfUnits(Tensor values)
    {
        if (values.dim() <= 1)
        {
            return values.norm();
        }

        long[] ofUnit = [.. Enumerable.Range(1, (int)values.dim() - 1).Select(each => (long)each)];
        return values.square().sum(ofUnit, keepdim: true).sqrt_();
    }
}
