using TResNet.Files;
using TResNet.Graphs;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;

namespace TResNet.Weights.ByGraph;

/// <summary>What the tensors of one layer of a file are in the layer of a network: what was folded in the one is a normalisation in the other.</summary>
internal sealed class LayerWeights(OnnxTensorFile file)
{
    private readonly Dictionary<string, Tensor> values = [];

    /// <summary>The values by the network's names, of float32.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => values;

    /// <summary>Adds those of a layer.</summary>
    /// <exception cref="TResNetException">The network has no place for what the file has.</exception>
    public void Add(WeightedLayer ours, WeightedLayer theirs)
    {
        if (theirs.Values is not null)
        {
            values[ours.Values!] = Read(theirs.Values).view([.. ours.Shape]);
            return;
        }

        if (theirs.Weight is null)
        {
            var (of, into) = (theirs.Norm!, ours.Norm!);
            Put(into, Scale(of, into.Epsilon), ShiftOf(of), MeanOf(of), VarianceOf(of));
            return;
        }

        var weight = Read(theirs.Weight);
        weight = theirs.IsTransposed ? weight.t() : weight;
        var bias = theirs.Bias is null ? null : Read(theirs.Bias);
        if (ours.Weight is null)
        {
            RequireBlur(theirs.Weight, weight);
            return;
        }

        if (theirs.Norm is { } norm && ours.Norm is null)
        {
            var factor = Scale(norm) / (VarianceOf(norm) + norm.Epsilon).sqrt();
            weight *= factor.view([-1, .. weight.shape.Skip(1).Select(_ => 1L)]);
            bias = ShiftOf(norm) + ((bias ?? zeros_like(factor)) - MeanOf(norm)) * factor;
        }

        values[ours.Weight] = weight;
        switch (ours.Norm, theirs.Norm)
        {
            case ({ } own, { } other):
                // Behind the normalisation a bias before it only moves the mean.
                var mean = MeanOf(other);
                var moved = bias is null || ours.Bias is not null ? mean : mean - bias;
                Put(own, Scale(other, own.Epsilon), ShiftOf(other), moved, VarianceOf(other));
                PutBias(ours, bias);
                break;
            case ({ } own, null):
                var shift = bias ?? zeros(weight.shape[0]);
                Put(own, ones_like(shift), shift, zeros_like(shift), full_like(shift, 1 - own.Epsilon));
                PutBias(ours, zeros_like(shift));
                break;
            default:
                PutBias(ours, bias ?? zeros(weight.shape[0]), theirs.Weight);
                break;
        }
    }

    // Null needs no place; what is not zero does.
    private void PutBias(WeightedLayer ours, Tensor? bias, string? stored = null)
    {
        if (ours.Bias is { } name)
        {
            values[name] = bias ?? zeros(values[ours.Weight!].shape[0]);
        }
        else if (stored is not null && bias is not null && bias.count_nonzero().item<long>() > 0)
        {
            throw new TResNetException($"the layer of {FileText.Quote(stored)} has a bias, and {ours.Weight} has none");
        }
    }

    private void Put(NormalisationNames own, Tensor weight, Tensor bias, Tensor mean, Tensor variance)
    {
        if (own.ScalesByMagnitude)
        {
            weight -= own.Epsilon;
            if (weight.min().item<float>() < 0)
            {
                throw new TResNetException(
                    $"{own.Weight} scales by its magnitude here, and the file has negative scales: build the network with norm=bn"
                );
            }
        }

        if (own.Mean is null)
        {
            // Of a scale and a shift alone, what the statistics make of them.
            var factor = weight / (variance + own.Epsilon).sqrt();
            (values[own.Weight], values[own.Bias!]) = (factor, bias - mean * factor);
            return;
        }

        (values[own.Weight], values[own.Bias!], values[own.Mean], values[own.Variance!]) = (
            weight,
            bias,
            mean,
            variance
        );
    }

    private Tensor ShiftOf(NormalisationNames norm) =>
        norm.Bias is { } name ? Read(name).flatten() : zeros_like(Read(norm.Weight).flatten());

    private Tensor MeanOf(NormalisationNames norm) =>
        norm.Mean is { } name ? Read(name) : zeros_like(Read(norm.Weight).flatten());

    private Tensor VarianceOf(NormalisationNames norm) =>
        norm.Variance is { } name ? Read(name) : ones_like(Read(norm.Weight).flatten());

    // With another epsilon, the scale that gives the same.
    private Tensor Scale(NormalisationNames norm, double? epsilon = null)
    {
        var weight = Read(norm.Weight).flatten();
        if (epsilon is not { } other || Math.Abs(other - norm.Epsilon) < 1e-12)
        {
            return weight;
        }

        var variance = VarianceOf(norm).to(ScalarType.Float64);
        return (weight * ((variance + other) / (variance + norm.Epsilon)).sqrt()).to(ScalarType.Float32);
    }

    private static void RequireBlur(string name, Tensor weight)
    {
        if (!(weight - Blur.Kernel(1)).abs().max().le(1e-3).item<bool>())
        {
            throw new TResNetException($"{FileText.Quote(name)} is another kernel than the blur in this place");
        }
    }

    private Tensor Read(string name)
    {
        var result = empty(file.All[name].Shape, ScalarType.Float32);
        TensorStreaming.CopyInto(file.Whole, name, result);
        return result;
    }
}
