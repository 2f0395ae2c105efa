using System.Runtime.InteropServices;
using TResNet.Compute;

namespace TResNet.Graphs;

/// <summary>The C interface of plans, <c>plan/tresnet_plan.h</c> of TResNet.Kernels.</summary>
internal static unsafe partial class PlanNative
{
    /// <summary>Throws what the library says of a call that failed.</summary>
    /// <exception cref="PlanException">It failed.</exception>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            throw new PlanException(Marshal.PtrToStringUTF8(tresnet_last_error()) ?? "no reason was given");
        }
    }

    [LibraryImport(NativeLibraries.Kernels)]
    private static partial nint tresnet_last_error();

    /// <summary>For all threads that call from now on.</summary>
    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_set_threads(int count);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_program_new(out nint program);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_program_free(nint program);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_program_value(nint program, long* sizes, int dimensions, out int value);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_program_add(nint program, PlanOperation* operation);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_program_ends(nint program, int input, int output);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_plan_new(nint program, PlanOptions* options, int* givenUp, out nint plan);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial void tresnet_plan_free(nint plan);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_plan_run(Plan plan, nint input, nint output, int* givenUp);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_plan_steps(Plan plan);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial int tresnet_plan_profile(Plan plan, nint input, PlanStepTime* times);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial long tresnet_plan_memory(Plan plan);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial nint tresnet_plan_order(Plan plan);

    [LibraryImport(NativeLibraries.Kernels)]
    internal static partial nint tresnet_plan_description(Plan plan);
}

/// <summary>The library of kernels refused something; the message is its reason.</summary>
internal sealed class PlanException(string reason) : Exception(reason);

/// <summary><c>tresnet_kind</c>.</summary>
internal enum PlanKind
{
    Convolution = 1,
    Linear = 2,
    Pointwise = 3,
    Blur = 4,
    MaxPool = 5,
    AveragePool = 6,
    GlobalMean = 7,
    GlobalMax = 8,
    SpaceToDepth = 9,
    Alias = 10,
    Channels = 11,
    Mix = 12,
    EvoNorm = 13,
    ChannelConvolution = 14,
    Softmax = 15,
    Pad = 16,
    Opaque = 17,
}

/// <summary><c>tresnet_function</c>.</summary>
internal enum PlanFunction
{
    Identity = 0,
    LeakyReLU = 1,
    Clip = 2,
    Sigmoid = 3,
    Swish = 4,
    Hardswish = 5,
    Tanh = 6,
    ELU = 7,
    GELU = 8,
}

/// <summary><c>tresnet_part</c>: some channels of a value.</summary>
internal struct PlanPart
{
    public int Value;
    public int Reserved;
    public long From;
    public long Count;
}

/// <summary>Two numbers of <c>tresnet_operation</c>.</summary>
internal struct PlanPair
{
    public long Height;
    public long Width;

    public static implicit operator PlanPair(Pair pair) => new() { Height = pair.Height, Width = pair.Width };
}

/// <summary><c>tresnet_operation</c>, field by field.</summary>
internal unsafe struct PlanOperation
{
    public PlanKind Kind;
    public int Input;
    public int Output;
    public int Addend;
    public int Gate;
    public PlanFunction Function;
    public float Alpha;
    public float Beta;
    public PlanPair Kernel;
    public PlanPair Stride;
    public PlanPair Padding;
    public PlanPair Dilation;
    public long Groups;
    public long Count;
    public long Patch;
    public nint Weight;
    public nint Bias;
    public nint Scale;
    public nint Shift;
    public nint V;
    public nint Running;
    public double Epsilon;
    public int CountsPadding;
    public int Border;
    public int PartsCount;
    public int Plain;
    public PlanPart* Parts;
    public byte* Name;
    public delegate* unmanaged<nint, nint*, nint*, int> Compute;
    public nint State;
    public int* Inputs;
    public int* Outputs;
    public int InputsCount;
    public int OutputsCount;
}

/// <summary><c>tresnet_plan_options</c>.</summary>
internal struct PlanOptions
{
    /// <summary><c>TRESNET_FLOAT32</c> is 0.</summary>
    public const int BFloat16 = 2;

    public int Type;
    public int InputChannelsLast;
    public int Winograd;
    public int KeepType;
    public int Order;
    public int Reserved;
}

/// <summary><c>tresnet_step_time</c>.</summary>
internal struct PlanStepTime
{
    public nint Name;
    public nint By;
    public double Milliseconds;
}
