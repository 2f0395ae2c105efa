using TResNet.Architectures;

namespace TResNet.Profiling.Counting;

/// <summary>What a network of the list, or a variant of one, would count, before it is built.</summary>
internal static class CountedModels
{
    extension(ModelInfo info)
    {
        /// <summary>All parameters, for 1,000 classes.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long Parameters => ModelCounts.Of(info).Parameters;

        /// <summary>Multiply-adds of one image at <see cref="ModelInfo.InputSize"/>, counted as <see cref="ModelSummary.MultiplyAdds"/> are.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long MultiplyAdds => ModelCounts.Of(info).MultiplyAdds;

        /// <summary>Outputs of all convolutions for one image at <see cref="ModelInfo.InputSize"/>: what a network keeps in memory to be trained.</summary>
        /// <exception cref="TResNetException">There is no network of that name.</exception>
        public long Activations => ModelCounts.Of(info).Activations;
    }
}
