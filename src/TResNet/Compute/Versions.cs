using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>How often a tensor was changed in place (PyTorch's <c>_version</c>), which tells autograd whether what it saved is still there.</summary>
internal static partial class Versions
{
    private static readonly Operator VersionOp = new("aten::_version");
    private static readonly Operator IsInferenceOp = new("aten::is_inference");

    /// <summary>The version of a tensor that was not made in inference mode.</summary>
    public static long Of(Tensor tensor) => VersionOp.CallInteger(tensor);

    /// <summary>Counts a change that was made to a tensor's memory behind libtorch's back.</summary>
    public static void Bump(Tensor tensor)
    {
        // Those of inference mode have no versions.
        if (IsInferenceOp.CallInteger(tensor) == 0)
        {
            BumpVersion(tensor.Handle);
        }
    }

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN5torch8autograd4impl12bump_versionERKN2at6TensorE")]
    private static partial void BumpVersion(nint tensor);
}
