using System.Runtime.CompilerServices;
using TorchSharp.Interop;
using static TorchSharp.Interop.NativeMethods;

namespace TorchSharp;

/// <summary>libtorch, spelled as TorchSharp spells it: source written here compiles against that package, and the other way round.</summary>
public static partial class torch
{
    /// <summary>
    /// An n-dimensional array of libtorch. It frees its memory when disposed, with the <see cref="DisposeScope"/> it was made in, or when the
    /// collector finds it forgotten.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private nint handle;
        private readonly long ownedBytes;

        /// <summary>Takes over one native reference.</summary>
        internal Tensor(nint handle, long bytes = 0)
        {
            this.handle = handle;
            ownedBytes = bytes;
            Interlocked.Increment(ref totalCount);
            DisposeScopeManager.Current?.Add(this);
            NativeMemory.Add(bytes);
        }

        /// <summary>A second owner of another tensor's data and history.</summary>
        private protected Tensor(Tensor other)
            : this(tb_tensor_alias(other.Handle)) { }

        /// <summary>Frees what was forgotten.</summary>
        ~Tensor() => Release();

        /// <summary>Tensors of the process that are neither disposed nor collected.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        internal DisposeScope? OwningScope { get; set; }

        /// <summary>The native tensor.</summary>
        /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
        public nint Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                var value = handle;
                return value != 0 ? value : throw new ObjectDisposedException(nameof(Tensor));
            }
        }

        /// <summary>True once disposed.</summary>
        public bool IsInvalid => handle == 0;

        internal static Tensor? Own(in NativeValue value) =>
            value.Pointer == 0 ? null : new Tensor(value.Pointer, value.Bytes);

        /// <summary>Frees the tensor now; its memory goes when no other tensor shares it.</summary>
        public void Dispose()
        {
            OwningScope?.Remove(this);
            OwningScope = null;
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released != 0)
            {
                tb_tensor_release(released);
                Interlocked.Decrement(ref totalCount);
                NativeMemory.Remove(ownedBytes);
            }
        }

        /// <summary>Another handle on the same data and the same autograd history.</summary>
        public Tensor alias() => new(tb_tensor_alias(Handle));

        /// <summary>Hands the tensor to the scope outside the one it is in.</summary>
        /// <returns>This tensor.</returns>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope: it lives until disposed or forgotten.</summary>
        /// <returns>This tensor.</returns>
        public Tensor DetachFromDisposeScope()
        {
            OwningScope?.Detach(this);
            return this;
        }

        /// <summary>The length of each dimension.</summary>
        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                fixed (long* pointer = sizes)
                {
                    Check(tb_tensor_sizes(Handle, pointer), nameof(shape));
                }

                GC.KeepAlive(this);
                return sizes;
            }
        }

        /// <summary>How many elements apart neighbours of each dimension are.</summary>
        public unsafe long[] stride()
        {
            var strides = new long[dim()];
            fixed (long* pointer = strides)
            {
                Check(tb_tensor_strides(Handle, pointer), nameof(stride));
            }

            GC.KeepAlive(this);
            return strides;
        }

        /// <summary>The length of each dimension.</summary>
        public long[] size() => shape;

        /// <summary>The length of a dimension; negative counts from the last.</summary>
        public long size(int dim)
        {
            var sizes = shape;
            var index = dim < 0 ? dim + sizes.Length : dim;
            return (uint)index < (uint)sizes.Length
                ? sizes[index]
                : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {sizes.Length} dimensions.");
        }

        /// <summary>The number of dimensions.</summary>
        public long ndim => dim();

        /// <summary>The number of dimensions.</summary>
        public long Dimensions => dim();

        /// <summary>The number of dimensions.</summary>
        public long dim()
        {
            var result = tb_tensor_dim(Handle);
            GC.KeepAlive(this);
            return result;
        }

        /// <summary>The number of elements.</summary>
        public long numel()
        {
            var result = tb_tensor_numel(Handle);
            GC.KeepAlive(this);
            return result;
        }

        /// <summary>The number of elements.</summary>
        public long NumberOfElements => numel();

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => dtype.ElementSize();

        /// <summary>The element type.</summary>
        public ScalarType dtype
        {
            get
            {
                var result = (ScalarType)tb_tensor_dtype(Handle);
                GC.KeepAlive(this);
                return result;
            }
        }

        /// <summary>Where the elements are.</summary>
        public Device device
        {
            get
            {
                var packed = tb_tensor_device(Handle);
                GC.KeepAlive(this);
                return Device.Unpack(packed);
            }
        }

        /// <summary>The kind of device.</summary>
        public DeviceType device_type => device.type;

        /// <summary>True for half, bfloat16, single and double precision.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>True where the elements lie in row-major order without gaps.</summary>
        public bool is_contiguous() => IsContiguous(Layouts.Contiguous);

        internal bool IsContiguous(int memoryFormat)
        {
            Check(tb_tensor_is_contiguous(Handle, memoryFormat, out var result), nameof(is_contiguous));
            GC.KeepAlive(this);
            return result != 0;
        }

        /// <summary>Element type, shape and device: <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() =>
            IsInvalid ? "(disposed)" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }

    /// <summary>Memory formats, with c10's numbers.</summary>
    internal static class Layouts
    {
        internal const int Contiguous = 0;
        internal const int Preserve = 1;
        internal const int ChannelsLast = 2;
    }
}
