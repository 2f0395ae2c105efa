// torch.utils.data.Dataset<T>: samples by number.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>Tools around training.</summary>
    public static partial class utils
    {
        /// <summary>Data for training.</summary>
        public static partial class data
        {
            /// <summary>Samples that can be fetched by number.</summary>
            /// <typeparam name="T">What a sample is.</typeparam>
            public abstract class Dataset<T> : IDisposable
            {
                /// <summary>How many samples there are.</summary>
                public abstract long Count { get; }

                /// <summary>Fetches a sample.</summary>
                /// <param name="index">Its number, from 0.</param>
                public abstract T GetTensor(long index);

                /// <summary>Frees what the data set holds.</summary>
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                /// <summary>Frees what the data set holds.</summary>
                /// <param name="disposing">Whether this was called by <see cref="Dispose()"/>.</param>
                protected virtual void Dispose(bool disposing) { }
            }

            /// <summary>Samples with several named tensors.</summary>
            public abstract class Dataset : Dataset<Dictionary<string, Tensor>>;
        }
    }
}
