using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>One value everywhere, in place.</summary>
        public Tensor fill_(Scalar value) => InPlace(Operators.fill_, this, value);

        /// <summary>The elements of another tensor, in place; converts type and device.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) =>
            InPlace(Operators.copy_, this, source, nonBlocking);

        /// <summary>Normally distributed, in place.</summary>
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            InPlace(Operators.normal_, this, mean, std, generator);

        /// <summary>Evenly distributed over [from, to), in place.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            InPlace(Operators.uniform_, this, from, to, generator);

        /// <summary>One with probability p, zero otherwise, in place.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            InPlace(Operators.bernoulli_, this, p, generator);

        /// <summary>The tensor with another element type. The same tensor where nothing changes, unless a copy is asked for.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);

        /// <summary>The tensor with another element type.</summary>
        public Tensor to_type(
            ScalarType type,
            bool copy = false,
            bool disposeAfter = false,
            bool non_blocking = false
        ) => Convert(type, null, copy, disposeAfter, non_blocking);

        /// <summary>The tensor on another device. The same tensor where nothing changes, unless a copy is asked for.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, device, copy, disposeAfter, non_blocking);

        /// <summary>The tensor on another device.</summary>
        public Tensor to(
            DeviceType deviceType,
            int deviceIndex = -1,
            bool copy = false,
            bool disposeAfter = false,
            bool non_blocking = false
        ) => Convert(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        /// <summary>The tensor on a device by name.</summary>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(device), copy, disposeAfter, non_blocking);

        /// <summary>The tensor with another element type on another device.</summary>
        public Tensor to(
            ScalarType type,
            Device device,
            bool copy = false,
            bool disposeAfter = false,
            bool non_blocking = false
        ) => Convert(type, device, copy, disposeAfter, non_blocking);

        /// <summary>
        /// The tensor in memory that stays where it is, from which a GPU copies while the host goes on; the same tensor where it is there already.
        /// It has to be on the CPU, and there has to be a GPU.
        /// </summary>
        public Tensor pin_memory() => Operators.pin_memory.Call(this);

        /// <summary>The tensor with the element type and on the device of another.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) =>
            Convert(other.dtype, other.device, false, false, non_blocking);

        /// <summary>The tensor on the processor.</summary>
        public Tensor cpu() => Convert(null, CPU, false, false, false);

        /// <summary>The tensor on a GPU, by default the first.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            Convert(null, device ?? CUDA, false, false, non_blocking);

        /// <summary>The tensor as Float32.</summary>
        public Tensor @float() => to(ScalarType.Float32);

        /// <summary>The tensor as Float64.</summary>
        public Tensor @double() => to(ScalarType.Float64);

        /// <summary>The tensor as Float16.</summary>
        public Tensor half() => to(ScalarType.Float16);

        /// <summary>The tensor as BFloat16.</summary>
        public Tensor bfloat16() => to(ScalarType.BFloat16);

        /// <summary>The tensor as Int64.</summary>
        public Tensor @long() => to(ScalarType.Int64);

        /// <summary>The tensor as Int32.</summary>
        public Tensor @int() => to(ScalarType.Int32);

        /// <summary>The tensor as Byte.</summary>
        public Tensor @byte() => to(ScalarType.Byte);

        /// <summary>The tensor as Bool.</summary>
        public Tensor @bool() => to(ScalarType.Bool);

        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            if (!copy && (type is null || type == dtype) && (device is null || device.Equals(this.device)))
            {
                return this;
            }

            var result = Operators.to.Call(this, Arg.OptionalType(type), Arg.None, device, Arg.None, nonBlocking);
            if (disposeAfter)
            {
                Dispose();
            }

            return result;
        }
    }
}
