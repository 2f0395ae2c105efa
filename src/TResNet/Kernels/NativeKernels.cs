using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;
using TResNet.Compute;

namespace TResNet.Kernels;

/// <summary>
/// The library of C++ loops that make training on a CPU fast (<c>src/TResNet.Kernels</c>). Nothing needs it: each function here has a path of TorchSharp's
/// operators beside it.
/// </summary>
internal static unsafe partial class NativeKernels
{
    /// <summary>The environment variable that switches them off, by 0.</summary>
    public const string Variable = "TRESNET_KERNELS";

    // tresnet_kernels.h's TRESNET_KERNELS_VERSION.
    private const int Version = 3;

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Whether the library is there.</summary>
    public static bool Available => Found.Value is null && !IsSwitchedOff;

    /// <summary>Why it is not, in a sentence; null where it is.</summary>
    public static string? WhyNot => IsSwitchedOff ? $"The native kernels are switched off for a test." : Found.Value;

    /// <summary>One line: its version, the instructions that it uses, its oneDNN; null where it is not there.</summary>
    public static string? Description => Available ? Marshal.PtrToStringUTF8(tresnet_kernels_info()) : null;

    /// <summary>Whether it has convolutions.</summary>
    internal static bool HasConvolutions => Available && tresnet_has_onednn() != 0;

    /// <summary>For tests: whether all is to be computed without it.</summary>
    internal static bool IsSwitchedOff { get; set; }

    /// <summary>Compares each kernel with a plain loop.</summary>
    /// <exception cref="TResNetException">One is wrong; the message says which.</exception>
    public static void Test() => Check(tresnet_self_test(), "the native kernels' test of themselves");

    /// <summary>To be called before a kernel: it computes with as many threads as libtorch's operators do on this thread.</summary>
    internal static void Enter() => tresnet_set_threads(torch.get_num_threads());

    /// <summary>Throws where a kernel has failed.</summary>
    /// <param name="status">What it returned.</param>
    /// <param name="what">What it computes, for the message.</param>
    /// <exception cref="TResNetException">It has.</exception>
    internal static void Check(int status, string what)
    {
        if (status != 0)
        {
            throw new TResNetException($"{what}: {Marshal.PtrToStringUTF8(tresnet_last_error())}");
        }
    }

    private static string? Find()
    {
        const string Slower =
            "without it training on a CPU is slower and in-place ABN keeps more memory: apt-get install g++ cmake libdnnl-dev, and build again; for the package TResNet.Kernels and the tool, apt-get install libdnnl2.";
        if (Environment.GetEnvironmentVariable(Variable) == "0")
        {
            return $"The native kernels are switched off by {Variable}=0.";
        }

        try
        {
            var version = tresnet_kernels_version();
            if (version != Version)
            {
                return $"The library libtresnet_kernels.so is of another build (interface {version}, not {Version}); {Slower}";
            }

            tresnet_set_winograd(Winograd.Enabled ? 1 : 0);
            HostMemory.Releasing += tresnet_release_memory;
            return null;
        }
        catch (DllNotFoundException missing) when (Wanted().Match(missing.Message) is { Success: true } wanted)
        {
            return $"The library libtresnet_kernels.so needs {wanted.Groups[1].Value}, which this system does not have; {Slower}";
        }
        catch (Exception missing)
            when (missing is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return $"The library libtresnet_kernels.so was not built or does not load; {Slower}";
        }
    }

    // The loader's words, where a library is there and one that it needs is not.
    [GeneratedRegex(@"(lib[\w.+-]+\.so[\d.]*): cannot open shared object file")]
    private static partial Regex Wanted();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial int tresnet_kernels_version();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial nint tresnet_kernels_info();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial nint tresnet_last_error();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial int tresnet_self_test();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial int tresnet_has_onednn();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial void tresnet_release_memory();

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial void tresnet_set_threads(int count);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_set_winograd(int may);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_abn_forward(
        in KernelMap x,
        in KernelMap z,
        KernelVector weight,
        KernelVector bias,
        KernelVector runningMean,
        KernelVector runningVariance,
        in AbnOptions options,
        nint* kept
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_abn_evaluate(
        in KernelMap x,
        in KernelMap z,
        KernelVector weight,
        KernelVector bias,
        KernelVector runningMean,
        KernelVector runningVariance,
        in AbnOptions options
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_abn_backward(
        in KernelMap z,
        in KernelMap dz,
        in KernelMap dx,
        KernelVector weight,
        KernelVector bias,
        KernelVector dweight,
        KernelVector dbias,
        in AbnOptions options,
        nint kept
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_abn_kept_free(nint kept);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial long tresnet_abn_kept_channels(nint kept);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_reduce_with(delegate* unmanaged<double*, long, int, int> add);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_bn_forward(
        in KernelMap x,
        in KernelMap z,
        KernelVector weight,
        KernelVector bias,
        KernelVector runningMean,
        KernelVector runningVariance,
        in BatchNormOptions options,
        double* statistics
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_bn_evaluate(
        in KernelMap x,
        in KernelMap z,
        KernelVector weight,
        KernelVector bias,
        KernelVector runningMean,
        KernelVector runningVariance,
        in BatchNormOptions options
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_bn_backward(
        in KernelMap x,
        in KernelMap dz,
        in KernelMap dx,
        KernelVector weight,
        KernelVector bias,
        KernelVector dweight,
        KernelVector dbias,
        in BatchNormOptions options,
        double* statistics
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_add_relu(KernelType type, nint into, nint a, nint b, long count);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_relu_backward(
        KernelType type,
        nint into,
        nint gradient,
        nint result,
        long count
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_sgd(
        KernelType type,
        long tensors,
        nint[] parameters,
        nint[] gradients,
        nint[] velocities,
        long[] counts,
        in SgdOptions options
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial WinogradPasses tresnet_convolution_pays(in ConvolutionSizes convolution);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_convolution_forward(
        in ConvolutionSizes convolution,
        WinogradPasses winograd,
        ConvolutionOperand input,
        ConvolutionOperand weight,
        nint bias,
        ConvolutionOperand output
    );

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_convolution_backward(
        in ConvolutionSizes convolution,
        WinogradPasses winograd,
        ConvolutionOperand doutput,
        ConvolutionOperand input,
        ConvolutionOperand weight,
        ConvolutionOperand dinput,
        ConvolutionOperand dweight,
        nint dbias
    );
}
