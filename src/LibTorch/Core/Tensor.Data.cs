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
            (T)System.Convert.ChangeType(item().Number(dtype), typeof(T), CultureInfo.InvariantCulture);

        /// <summary>The value of a tensor with one element.</summary>
        public Scalar item() => Operators.item.CallScalar(this);

        /// <summary>The value of a one-element tensor.</summary>
        public float ToSingle() => item().ToSingle();

        /// <summary>The value of a one-element tensor.</summary>
        public double ToDouble() => item().ToDouble();

        /// <summary>The value of a one-element tensor.</summary>
        public long ToInt64() => item().ToInt64();

        /// <summary>The value of a one-element tensor.</summary>
        public int ToInt32() => item().ToInt32();

        /// <summary>The value of a one-element tensor.</summary>
        public bool ToBoolean() => item().ToBoolean();

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

        /// <summary>A tensor of one element. It also makes Scalar the better choice where an overload takes either.</summary>
        public static implicit operator Tensor(Scalar value) => full([], value);

        /// <summary>A tensor of one element.</summary>
        public static implicit operator Tensor(float value) => tensor(value);

        /// <summary>A tensor of one element.</summary>
        public static implicit operator Tensor(double value) => tensor(value);

        /// <summary>A tensor of one element.</summary>
        public static implicit operator Tensor(long value) => tensor(value);

        /// <summary>A tensor of one element.</summary>
        public static implicit operator Tensor(int value) => tensor(value);

        /// <summary>A copy of the elements' bytes, in row-major order.</summary>
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
        }

        internal nint DataPointer
        {
            get
            {
                Check(tb_tensor_data_ptr(Handle, out var pointer), nameof(DataPointer));
                return pointer;
            }
        }

        /// <summary>The values, as PyTorch would print a small tensor: at most three rows and columns from either end.</summary>
        public string str()
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
