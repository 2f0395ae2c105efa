using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace TResNet.Onnx.Tests;

/// <summary>A file in ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession session;

    /// <param name="path">The file.</param>
    /// <param name="joined">Where ONNX Runtime writes what it makes of it; null for nowhere.</param>
    public OnnxSession(string path, string? joined = null)
    {
        // Warnings of operators without float16 on a CPU would fill the log.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (joined is not null)
        {
            options.OptimizedModelFilePath = joined;
        }

        session = new InferenceSession(path, options);
    }

    /// <summary>What the file says of itself.</summary>
    public ModelMetadata Metadata => session.ModelMetadata;

    /// <summary>The names of its outputs, in order.</summary>
    public IReadOnlyList<string> Outputs => session.OutputNames;

    /// <summary>The sides of its input; -1 for any.</summary>
    public IReadOnlyList<int> InputShape => session.InputMetadata.Values.Single().Dimensions;

    /// <summary>Computes all outputs.</summary>
    public Tensor[] Run(Tensor images)
    {
        var input = new DenseTensor<float>(images.data<float>().ToArray(), [.. images.shape.Select(side => (int)side)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(session.InputNames.Single(), input)]);
        return
        [
            .. results.Select(result =>
            {
                var values = result.AsTensor<float>();
                return tensor(values.ToArray(), [.. values.Dimensions.ToArray().Select(side => (long)side)]);
            }),
        ];
    }

    public void Dispose() => session.Dispose();
}
