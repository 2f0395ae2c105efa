using TResNet.Compute;

namespace TResNet.Onnx;

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxOptions
{
    /// <summary>In the place of a number of images or pixels: any.</summary>
    public const int Dynamic = 0;

    /// <summary>The oldest version of ONNX's operators that is written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest version of ONNX's operators that is written.</summary>
    public const int NewestOpset = 21;

    /// <summary>The version of ONNX's operators, 13 to 21.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>How many images a call takes; any by default.</summary>
    public int BatchSize { get; init; } = Dynamic;

    /// <summary>Rows of an image in pixels; null for what the network is meant for, <see cref="Dynamic"/> for any.</summary>
    public int? Height { get; init; }

    /// <summary>Columns of an image in pixels; null for what the network is meant for, <see cref="Dynamic"/> for any.</summary>
    public int? Width { get; init; }

    /// <summary>Channels of an image; null for the network's own, and 3 for a module that is no network of this library.</summary>
    public int? InChans { get; init; }

    /// <summary>Whether normalisations become part of the convolutions before them; otherwise they are BatchNormalization.</summary>
    public bool Fold { get; init; }

    /// <summary>
    /// The type of the weights. Float16 is also what is computed in, with normalisations folded; bfloat16 halves the file, and what is computed in stays float32.
    /// Images and results are float32 in all of them.
    /// </summary>
    public ComputeType Precision { get; init; } = ComputeType.Float32;

    /// <summary>How weights and feature maps become eight bits; null where they do not. Normalisations are folded then.</summary>
    public QuantizationOptions? Quantization { get; init; }

    /// <summary>Whether probabilities come out in the place of logits: over the classes, or of each where an image may have several.</summary>
    public bool Softmax { get; init; }

    /// <summary>
    /// What white is in the images, 255 or 1 for example: the file then divides by it, and subtracts the network's mean and divides by its deviation too. Null for images
    /// that are prepared outside, as the network itself takes them.
    /// </summary>
    public double? InputScale { get; init; }

    /// <summary>Whether borders that are reflected become zeros, which TensorRT joins with a convolution. Not exact.</summary>
    public bool TensorRTFriendly { get; init; }

    /// <summary>The most bytes of weights within the file; where there are more, they go into a file beside it. Protocol buffers end at 2 GB.</summary>
    internal long MostBytesInside { get; init; } = int.MaxValue - (64 << 20);

    /// <summary>Throws where an option is out of range.</summary>
    internal void Validate()
    {
        if (Opset is < OldestOpset or > NewestOpset)
        {
            throw new TResNetException(
                $"Opset {Opset} is not written: take one from {OldestOpset} to {NewestOpset}, 17 where nothing speaks for another."
            );
        }

        foreach (var (name, value) in new[] { ("batch", BatchSize), ("height", Height), ("width", Width) })
        {
            if (value < 0)
            {
                throw new TResNetException($"The {name} is {value}: it takes a number above 0, or {Dynamic} for any.");
            }
        }

        if (InputScale is { } white && !(double.IsFinite(white) && white > 0))
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"The input's scale is {white}: it is what white is in the images, 255 or 1, and so above 0."
                )
            );
        }

        if (!Enum.IsDefined(Precision))
        {
            throw new TResNetException($"There is no precision {Precision}: take Float32, Float16 or BFloat16.");
        }

        if (Quantization is not null && Precision != ComputeType.Float32)
        {
            throw new TResNetException(
                $"What is quantised has weights of eight bits, and {Precision} was asked for too: leave out one of the two."
            );
        }

        Quantization?.Validate();
    }
}
