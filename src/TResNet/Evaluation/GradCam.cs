// R. R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization" (ICCV 2017, arXiv 1610.02391),
// equations 1 and 2.

using TResNet.Building;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>Where in an image a network sees a class.</summary>
internal static class GradCam
{
    /// <summary>The maps of a batch: of each feature the mean gradient of the class's logit weighs it, and what speaks against the class is 0.</summary>
    /// <param name="network">The network; its training flags and gradients are left as they were.</param>
    /// <param name="images">Images [N, C, H, W] as it takes them, on its device.</param>
    /// <param name="classes">The class of each image, from 0; null for the most probable ones.</param>
    /// <returns>[N, H, W], float32, each from 0 to 1 at its highest, or 0 all over where nothing speaks for the class; the caller's own.</returns>
    /// <exception cref="TResNetException">They are no images for the network, or a class is not one of its outputs.</exception>
    public static Tensor Maps(Network network, Tensor images, IReadOnlyList<int>? classes)
    {
        using var mode = new ModeScope(network, training: false);
        using var scope = NewDisposeScope();
        Tensor features;
        using (no_grad())
        {
            features = network.forward_features(images).detach();
        }

        using var gradients = enable_grad();
        features.requires_grad_();
        var logits = network.forward_head(features);
        Require(network, logits, classes);
        var labels = classes is null
            ? logits.detach().argmax(1)
            : tensor([.. classes.Select(c => (long)c)], device: logits.device);
        var chosen = logits.gather(1, labels.unsqueeze(1)).sum();
        var gradient = autograd.grad([chosen], [features])[0];
        using var off = no_grad();
        var weights = gradient.mean([2, 3], keepdim: true);
        var maps = (weights * features).sum(1, keepdim: true).relu().to(ScalarType.Float32);
        var shown = nn.functional.interpolate(
            maps,
            size: [images.shape[2], images.shape[3]],
            mode: InterpolationMode.Bilinear,
            align_corners: false
        );
        var highest = shown.amax([2, 3], keepdim: true);
        return where(highest > 0, shown / highest.clamp(min: float.Epsilon), zeros_like(shown))
            .squeeze(1)
            .MoveToOuterDisposeScope();
    }

    private static void Require(Network network, Tensor logits, IReadOnlyList<int>? classes)
    {
        if (network.NumClasses == 0)
        {
            throw new TResNetException(
                $"{network.Info.Name} has no classifier, so there is no class to look for: give it one with reset_classifier."
            );
        }

        if (classes is null)
        {
            return;
        }

        if (classes.Count != logits.shape[0])
        {
            throw new TResNetException(
                $"There are {classes.Count} classes for {logits.shape[0]} images; give one for each, or none for the most probable ones."
            );
        }

        foreach (var label in classes.Where(label => label < 0 || label >= logits.shape[1]))
        {
            throw new TResNetException(
                $"There is no class {label}: {network.Info.Name} has {logits.shape[1]}, from 0 to {logits.shape[1] - 1}."
            );
        }
    }
}
