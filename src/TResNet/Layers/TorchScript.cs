// The paper's implementation runs these two as TorchScript ("JIT compiled"): arXiv 2003.13630, section 2.3 ("Code optimizations").
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>SpaceToDepth and the blur, compiled by <c>torch.jit.compile</c> on first use.</summary>
internal static class TorchScript
{
    private const string Source = """
        def space_to_depth(x: Tensor, patch: int) -> Tensor:
            n, c, h, w = x.size()
            x = x.view(n, c, h // patch, patch, w // patch, patch)
            x = x.permute(0, 3, 5, 1, 2, 4).contiguous()
            return x.view(n, c * patch * patch, h // patch, w // patch)

        def blur_pool(x: Tensor, filt: Tensor) -> Tensor:
            x = torch.pad(x, [1, 1, 1, 1], "reflect")
            return torch.conv2d(x, filt, None, [2, 2], [0, 0], [1, 1], x.size(1))

        """;

    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source));

    internal static Tensor SpaceToDepth(Tensor x, long patch)
    {
        using var contiguous = x.alias().contiguous();
        return (Tensor)Unit.Value.invoke("space_to_depth", contiguous, patch)!;
    }

    internal static Tensor BlurPool(Tensor x, Tensor filter) => (Tensor)Unit.Value.invoke("blur_pool", x, filter)!;
}
