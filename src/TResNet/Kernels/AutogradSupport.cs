using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>
/// Whether nodes of our own work with the TorchSharp that is there: they use functions that it keeps for itself. Without them all is computed by
/// TorchSharp's operators.
/// </summary>
internal static class AutogradSupport
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Whether they do.</summary>
    public static bool Available => Found.Value is null && !IsSwitchedOff;

    /// <summary>Why they do not, in a sentence; null where they do.</summary>
    public static string? WhyNot => Found.Value;

    /// <summary>For tests: whether all is to be computed without them.</summary>
    internal static bool IsSwitchedOff { get; set; }

    /// <summary>Whether a tensor's history may have nodes of ours: those of a GPU would run on threads of libtorch's.</summary>
    internal static bool Takes(Tensor x) => x.device_type == DeviceType.CPU && Available;

    private static string? Find()
    {
        const string Slower = "so that training on a CPU is slower and keeps more memory.";
        var version = typeof(torch).Assembly.GetName().Version;
        if (version is null || version.ToString(3) != TorchLibrary.BuiltWith.ToString(3))
        {
            return $"TorchSharp is {version?.ToString(3)}, and not {TorchLibrary.BuiltWith.ToString(3)}, whose autograd nodes are used here, {Slower}";
        }

        try
        {
            return Test() ? null : $"TorchSharp's autograd nodes give wrong gradients, {Slower}";
        }
        catch (Exception failure)
            when (failure is ExternalException or EntryPointNotFoundException or DllNotFoundException)
        {
            return $"TorchSharp's autograd nodes do not work ({failure.Message.TrimEnd('.')}), {Slower}";
        }
    }

    private static bool Test()
    {
        using var scope = NewDisposeScope();
        using var _ = enable_grad();
        var x = full([2, 3], 3.0).requires_grad_();
        var unused = ones(1).requires_grad_();
        // In place, with an input whose gradient stays undefined.
        Twice.Record(x * 1, unused).sum().backward();
        return x.grad is { } gradient
            && gradient.eq(2).all().ToBoolean()
            && (unused.grad is null || unused.grad.eq(0).all().ToBoolean());
    }

    private sealed class Twice : AutogradNode
    {
        private Saved? result;

        private Twice(Tensor x, Tensor other)
            : base(x, other) { }

        public static Tensor Record(Tensor x, Tensor other)
        {
            using var node = new Twice(x, other);
            using (no_grad())
            {
                x.mul_(2);
            }

            var y = node.Attach([x], [x])[0];
            node.result = node.Save(y);
            return y;
        }

        // The result is 6.
        protected override void Backward(Tensor?[] gradients, Tensor?[] results) =>
            results[0] = gradients[0]! * result!.Get() / 3;
    }
}
