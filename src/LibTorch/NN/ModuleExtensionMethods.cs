// to(...), cpu(), cuda(), half(): conversions that keep the concrete type of the module.
namespace TorchSharp;

/// <summary>Conversions of modules. Each changes the module in place and returns it under its own type.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts the floating-point parameters and buffers.</summary>
    /// <param name="module">The module.</param>
    /// <param name="type">A floating-point type.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(type, non_blocking);

    /// <summary>Moves the parameters and buffers and converts those in floating point.</summary>
    /// <param name="module">The module.</param>
    /// <param name="device">The target device.</param>
    /// <param name="type">A floating-point type.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device, type, non_blocking);

    /// <summary>Moves the parameters and buffers.</summary>
    /// <param name="module">The module.</param>
    /// <param name="deviceType">The kind of the target device.</param>
    /// <param name="deviceIndex">Which device of that kind; -1 is the current one.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    /// <summary>Moves the parameters and buffers.</summary>
    /// <param name="module">The module.</param>
    /// <param name="device">The target device.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device.type, device.index, non_blocking);

    /// <summary>Moves the parameters and buffers.</summary>
    /// <param name="module">The module.</param>
    /// <param name="device">The target device, such as <c>cpu</c> or <c>cuda:0</c>.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : torch.nn.Module => module.to(new torch.Device(device), non_blocking);

    /// <summary>Moves and converts the parameters and buffers to where and what a tensor is.</summary>
    /// <param name="module">The module.</param>
    /// <param name="other">The tensor whose device and type to take.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(other.device, other.dtype, non_blocking);

    /// <summary>Moves the parameters and buffers to the CPU.</summary>
    /// <param name="module">The module.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(DeviceType.CPU, -1, non_blocking);

    /// <summary>Moves the parameters and buffers to a GPU.</summary>
    /// <param name="module">The module.</param>
    /// <param name="deviceIndex">Which GPU; -1 is the current one.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);

    /// <summary>Converts the floating-point parameters and buffers to 16-bit floating point.</summary>
    /// <param name="module">The module.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T half<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => module.to(torch.ScalarType.Float16, non_blocking);

    /// <summary>Converts the floating-point parameters and buffers to bfloat16.</summary>
    /// <param name="module">The module.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T bfloat16<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => module.to(torch.ScalarType.BFloat16, non_blocking);

    /// <summary>Converts the floating-point parameters and buffers to 32-bit floating point.</summary>
    /// <param name="module">The module.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T @float<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => module.to(torch.ScalarType.Float32, non_blocking);

    /// <summary>Converts the floating-point parameters and buffers to 64-bit floating point.</summary>
    /// <param name="module">The module.</param>
    /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
    public static T @double<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => module.to(torch.ScalarType.Float64, non_blocking);
}
