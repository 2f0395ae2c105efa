namespace TResNet.Data;

/// <summary>Which part of Fashion-MNIST to load.</summary>
public enum FashionMnistSplit
{
    /// <summary>The images to train on: 8,000, or 60,000 of the full set.</summary>
    Train,

    /// <summary>The images that training never sees: 2,000, or 10,000 of the full set.</summary>
    Validation,
}
