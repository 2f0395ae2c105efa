// Moving a module to another device or element type, in place: the parameter objects stay the same, so optimizers and
// tied weights go on working.
using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private static readonly Operator SetData = new("aten::set_data");

            /// <summary>Moves and converts the parameters and buffers.</summary>
            /// <param name="device">The target device.</param>
            /// <param name="dtype">The target type of floating-point tensors.</param>
            /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                RequireFloatingPoint(dtype);
                return Convert(child => child._to(device, dtype, non_blocking), device, dtype, non_blocking);
            }

            /// <summary>Moves the parameters and buffers.</summary>
            /// <param name="deviceType">The kind of the target device.</param>
            /// <param name="deviceIndex">Which device of that kind; -1 is the current one.</param>
            /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                Device device = new(deviceType, deviceIndex);
                return Convert(child => child._to(deviceType, deviceIndex, non_blocking), device, null, non_blocking);
            }

            /// <summary>Converts the floating-point parameters and buffers; others keep their type.</summary>
            /// <param name="dtype">The target type.</param>
            /// <param name="non_blocking">Whether a copy from pinned memory may overlap with the host's work.</param>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                RequireFloatingPoint(dtype);
                return Convert(child => child._to(dtype, non_blocking), null, dtype, non_blocking);
            }

            private Module Convert(Action<Module> convertChild, Device? device, ScalarType? dtype, bool non_blocking)
            {
                foreach (Module child in children())
                {
                    convertChild(child);
                }

                using IDisposable withoutGradients = no_grad();
                foreach (Parameter parameter in _parameters.Values)
                {
                    ReplaceData(parameter, device, dtype, non_blocking);
                    using Tensor? gradient = parameter.grad;
                    if (gradient is not null)
                    {
                        ReplaceData(gradient, device, dtype, non_blocking);
                    }
                }

                foreach ((Tensor buffer, _) in _buffers.Values)
                {
                    ReplaceData(buffer, device, dtype, non_blocking);
                }

                return this;
            }

            private static void ReplaceData(Tensor tensor, Device? device, ScalarType? dtype, bool non_blocking)
            {
                ScalarType type = dtype is { } wanted && is_floating_point(tensor.dtype) ? wanted : tensor.dtype;
                Device place = device ?? tensor.device;
                if (type == tensor.dtype && place.Equals(tensor.device))
                {
                    return;
                }

                using Tensor moved = tensor.to(type, place, non_blocking: non_blocking);
                SetData.CallVoid(tensor, moved);
            }

            private static void RequireFloatingPoint(ScalarType dtype)
            {
                if (!is_floating_point(dtype))
                {
                    throw new ArgumentException(
                        $"A module can be converted to a floating-point type (Float32, Float64, Float16 or BFloat16), not to {dtype}.",
                        nameof(dtype)
                    );
                }
            }
        }
    }
}
