using System.Globalization;

namespace TorchSharp;

/// <summary>Kinds of device, with c10's numbers.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,

    /// <summary>Shapes and types without data.</summary>
    META = 14,
}

public static partial class torch
{
    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU, 0);

    /// <summary>The first NVIDIA GPU.</summary>
    public static readonly Device CUDA = new(DeviceType.CUDA, 0);

    /// <summary>A device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static Device device(string description) => new(description);

    /// <summary>A device by kind and number.</summary>
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>A device by the name of its kind, and number.</summary>
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    /// <summary>A GPU by number.</summary>
    public static Device device(int index) => new(index);

    /// <summary>Where a tensor lives.</summary>
    public sealed class Device : IEquatable<Device>
    {
        /// <summary>A device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
        /// <exception cref="ArgumentException">Another name.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "meta" => DeviceType.META,
                _ => throw Unknown(description),
            };
            index =
                parts.Length == 1 ? 0
                : parts.Length == 2
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    ? n
                : throw Unknown(description);
        }

        /// <summary>A device by kind and number.</summary>
        /// <param name="deviceType">The kind.</param>
        /// <param name="index">Its number; -1 is the first one.</param>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = Math.Max(index, 0);
        }

        /// <summary>A device by the name of its kind, <c>cpu</c> or <c>cuda</c>, and number; -1 is the first one.</summary>
        public Device(string deviceType, int index = -1)
            : this(new Device(deviceType).type, index) { }

        /// <summary>A GPU by number.</summary>
        public Device(int index)
            : this(DeviceType.CUDA, index) { }

        /// <summary>The kind.</summary>
        public DeviceType type { get; }

        /// <summary>The number among the devices of its kind.</summary>
        public int index { get; }

        internal long Packed => ((long)type << 16) | (uint)index;

        internal static Device Unpack(long packed) => new((DeviceType)(packed >> 16), (int)(packed & 0xffff));

        /// <summary>A device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
        public static implicit operator Device(string description) => new(description);

        /// <inheritdoc/>
        public bool Equals(Device? other) => other is not null && other.type == type && other.index == index;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Device);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(type, index);

        /// <summary>As PyTorch prints it: <c>cpu</c>, <c>cuda:0</c>.</summary>
        public override string ToString() =>
            type == DeviceType.CPU ? "cpu" : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static ArgumentException Unknown(string description) =>
            new($"'{description}' is no device: it is 'cpu', 'cuda' or 'cuda:<number>'.");
    }
}
