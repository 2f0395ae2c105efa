using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>What modules are called where people read it.</summary>
internal static class ModuleNames
{
    private const string Namespace = "torch::nn::";
    private const string Suffix = "Impl";

    /// <summary>The module's name; <c>Sequential</c> where libtorch says <c>torch::nn::SequentialImpl</c>.</summary>
    public static string DisplayName(this nn.Module module)
    {
        var name = module.GetName();
        return name.StartsWith(Namespace, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            ? name[Namespace.Length..^Suffix.Length]
            : name;
    }
}
