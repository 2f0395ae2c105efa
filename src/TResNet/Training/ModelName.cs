using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>What a network is called in results and messages.</summary>
internal static class ModelName
{
    /// <summary>The name it was created with.</summary>
    public static string Of(nn.Module model) => model.GetName();
}
