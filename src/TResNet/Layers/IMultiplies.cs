namespace TResNet.Layers;

/// <summary>A layer that multiplies with no convolution or linear layer inside it, so that counting the modules inside does not see it.</summary>
internal interface IMultiplies
{
    /// <summary>Multiply-adds of a call, without those of the modules inside.</summary>
    /// <param name="input">The shape of its input.</param>
    long MultiplyAdds(IReadOnlyList<long> input);
}
