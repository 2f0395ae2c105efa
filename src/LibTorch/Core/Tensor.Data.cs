using System.Collections;
using System.Globalization;
using System.Text;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements, in row-major order. A contiguous tensor on the processor is read and written in place; of any other it is a copy.</summary>
        /// <typeparam name="T">The C# type of the elements; it has to match <see cref="dtype"/>.</typeparam>
        /// <exception cref="ArgumentException">The element type differs.</exception>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            if (TypeOf<T>() != dtype)
            {
                throw new ArgumentException(
                    $"The tensor's elements are {dtype}, not {typeof(T).Name}: convert with to(...) first."
                );
            }

            return new Utils.TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor with one element, converted to <typeparamref name="T"/>.</summary>
        /// <exception cref="LibTorchException">It has more elements, or none.</exception>
        public T item<T>()
            where T : unmanaged =>
            (T)System.Convert.ChangeType(Value.Number(dtype), typeof(T), CultureInfo.InvariantCulture);

        /// <summary>The value of a tensor with one element.</summary>
        internal Scalar Value => Operators.item.CallScalar(this);

        /// <summary>The value of a one-element tensor.</summary>
        public static explicit operator float(Tensor value) => value.ToSingle();

        /// <summary>The value of a one-element tensor.</summary>
        public static explicit operator double(Tensor value) => value.ToDouble();

        /// <summary>The value of a one-element tensor.</summary>
        public static explicit operator long(Tensor value) => value.ToInt64();

        /// <summary>The value of a one-element tensor.</summary>
        public static explicit operator int(Tensor value) => value.ToInt32();

        /// <summary>The value of a one-element tensor.</summary>
        public static explicit operator bool(Tensor value) => value.ToBoolean();

        /// <summary>The elements' bytes in row-major order: a copy when read; set, they are copied into the tensor.</summary>
        /// <exception cref="ArgumentException">When set: the length differs, or the tensor is not contiguous on the processor.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var result = new byte[numel() * ElementSize];
                fixed (byte* pointer = result)
                {
                    Check(tb_tensor_to_host(Handle, pointer), nameof(bytes));
                }

                GC.KeepAlive(this);
                return result;
            }
            set
            {
                var size = numel() * ElementSize;
                if (value.Length != size || device_type != DeviceType.CPU || !is_contiguous())
                {
                    throw new ArgumentException(
                        $"{value.Length} bytes were given for {this}, which takes {size} and has to be contiguous on the processor."
                    );
                }

                if (size > 0)
                {
                    value.CopyTo(new Span<byte>((byte*)DataPointer, value.Length));
                }

                GC.KeepAlive(this);
            }
        }

        /// <summary>The elements of a contiguous tensor on the processor: not a copy, so the tensor has to outlive the span.</summary>
        internal unsafe Span<T> HostMemory<T>()
            where T : unmanaged => numel() == 0 ? [] : new((void*)DataPointer, checked((int)numel()));

        internal nint DataPointer
        {
            get
            {
                Check(tb_tensor_data_ptr(Handle, out var pointer), nameof(DataPointer));
                return pointer;
            }
        }

        /// <summary>The values, as PyTorch would print a small tensor: at most three rows and columns from either end.</summary>
        internal string Print()
        {
            using var scope = NewDisposeScope();
            var values = detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
            var text = new StringBuilder();
            Append(text, values, shape, 0, 0, dtype);
            return text.ToString();
        }

        private static void Append(
            StringBuilder text,
            double[] values,
            long[] shape,
            int dimension,
            long offset,
            ScalarType type
        )
        {
            if (dimension == shape.Length)
            {
                var value = values[offset];
                text.Append(
                    type == ScalarType.Bool ? (value != 0 ? "True" : "False")
                    : torch.is_floating_point(type) ? value.ToString("0.####", CultureInfo.InvariantCulture)
                    : value.ToString("0", CultureInfo.InvariantCulture)
                );
                return;
            }

            var inner = 1L;
            for (var i = dimension + 1; i < shape.Length; i++)
            {
                inner *= shape[i];
            }

            text.Append('[');
            for (var i = 0L; i < shape[dimension]; i++)
            {
                if (i > 0)
                {
                    text.Append(dimension == shape.Length - 1 ? ", " : ",\n" + new string(' ', dimension + 1));
                }

                if (shape[dimension] > 7 && i == 3)
                {
                    text.Append("...");
                    i = shape[dimension] - 4;
                    continue;
                }

                Append(text, values, shape, dimension + 1, offset + (i * inner), type);
            }

            text.Append(']');
        }
    }
}

internal static class ScalarReading
{
    internal static object Number(this Scalar value, torch.ScalarType type) =>
        type == torch.ScalarType.Bool ? value.ToBoolean()
        : torch.is_floating_point(type) ? value.ToDouble()
        : value.ToInt64();
}
