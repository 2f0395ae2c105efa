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

    /// <summary>Computes without oneDNN: slow, and safe on every processor.</summary>
    public static void DisableOneDnn() => SetOneDnn(GlobalContext(), 0);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetNnpack(nint context, byte enabled);

    [LibraryImport(NativeLibraries.TorchCpu, EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetOneDnn(nint context, byte enabled);

    [LibraryImport(
        NativeLibraries.TorchCpu,
        EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb"
    )]
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
