using System.Runtime.InteropServices;

namespace TResNet.Compute;

/// <summary>
/// Functions of libtorch 2.10 that TorchSharp does not pass on, called by their C++ symbols. Only such as throw nothing: an exception through one of
/// them would end the process.
/// </summary>
internal static partial class LibTorch
{
    /// <summary>On some processors each convolution would say that NNPACK cannot be initialised; it is used nowhere here.</summary>
    public static void DisableNnpack() => SetNnpack(GlobalContext(), 0);

    /// <summary>Its version.</summary>
    public static Version Version()
    {
        var packed = aoti_torch_abi_version();
        return new((int)(packed >> 56), (int)(packed >> 48 & 0xff), (int)(packed >> 40 & 0xff));
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial ulong aoti_torch_abi_version();

    /// <summary>How many threads an operator uses.</summary>
    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at15set_num_threadsEi")]
    public static partial void SetThreads(int count);

    /// <summary>Computes without oneDNN: slow, and safe on every processor.</summary>
    public static void DisableOneDnn()
    {
        HasOneDnn = false;
        SetOneDnn(GlobalContext(), 0);
    }

    /// <summary>Whether it computes with oneDNN.</summary>
    public static bool HasOneDnn { get; private set; } = true;

    /// <summary>Whether the backward that runs on this thread will be run again (<c>retain_graph</c>).</summary>
    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN5torch8autograd33get_current_graph_task_keep_graphEv")]
    public static partial byte KeepsGraph();

    /// <summary>A handle of no tensor.</summary>
    public static nint NewUndefinedTensor()
    {
        aoti_torch_new_uninitialized_tensor(out var handle);
        return handle;
    }

    [LibraryImport(NativeLibraries.TorchCpu)]
    private static partial int aoti_torch_new_uninitialized_tensor(out nint handle);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetNnpack(nint context, byte enabled);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetOneDnn(nint context, byte enabled);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
    public static partial void SetAutocastEnabled(sbyte device, byte enabled);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    public static partial byte IsAutocastEnabled(sbyte device);

    [LibraryImport(
        NativeLibraries.TorchCpu,
        EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"
    )]
    public static partial void SetAutocastType(sbyte device, sbyte type);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
    public static partial sbyte GetAutocastType(sbyte device);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast17increment_nestingEv")]
    public static partial int EnterAutocast();

    /// <summary>Gives how many scopes of the thread are open after it.</summary>
    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")]
    public static partial int LeaveAutocast();

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at8autocast11clear_cacheEv")]
    public static partial void ClearAutocastCache();
}
