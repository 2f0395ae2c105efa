using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index expression, as in <c>x[0, TensorIndex.Slice(1, 3)]</c>.</summary>
    public readonly struct TensorIndex
    {
        private TensorIndex(Kind kind) => IndexKind = kind;

        internal enum Kind
        {
            Ellipsis,
            New,
            Position,
            Range,
            Truth,
            Elements,
        }

        internal Kind IndexKind { get; }

        internal long At { get; private init; }

        internal (long? Start, long? Stop, long? Step) Steps { get; private init; }

        internal Tensor? Elements { get; private init; }

        /// <summary>As many whole dimensions as are not named.</summary>
        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);

        /// <summary>A new dimension of length one.</summary>
        public static readonly TensorIndex None = new(Kind.New);

        /// <summary>A whole dimension.</summary>
        public static readonly TensorIndex Colon = Slice();

        /// <summary>Every step-th element from start to before stop; null is the end of the dimension.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(Kind.Range) { Steps = (start, stop, step) };

        /// <summary>The elements from start to before stop; null is the end of the dimension.</summary>
        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        /// <summary>A range, as in <c>x[1..3]</c>.</summary>
        public static TensorIndex Slice(Range range) => Slice(FromStart(range.Start), FromStart(range.End, true));

        /// <summary>A new dimension: of length one if true, of none if false.</summary>
        public static TensorIndex Bool(bool value) => new(Kind.Truth) { At = value ? 1 : 0 };

        /// <summary>One element; negative counts from the last. Null is the first.</summary>
        public static TensorIndex Single(long? index) => new(Kind.Position) { At = index ?? 0 };

        /// <summary>The elements that an index tensor or a mask names.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Elements) { Elements = tensor };

        /// <summary>One element; negative counts from the last.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>One element, as in <c>x[^1]</c>.</summary>
        public static implicit operator TensorIndex(Index index) => Single(FromStart(index));

        /// <summary>A range, as in <c>x[1..3]</c>.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(range);

        /// <summary>A range, as in <c>x[(1, 3)]</c>.</summary>
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        private static long? FromStart(Index index, bool isEnd = false) =>
            !index.IsFromEnd ? index.Value
            : isEnd && index.Value == 0 ? null
            : -index.Value;
    }

    public partial class Tensor
    {
        /// <summary>A part of the tensor. Positions and slices give a view; setting writes into the tensor.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => Index(indices, out _);
            set
            {
                // With index tensors or masks the selection is a copy, so the values are put where it came from.
                var view = Index(indices, out var selection);
                if (selection is { } s)
                {
                    s.View.index_put_(value, s.Indices);
                }
                else
                {
                    view.copy_(value);
                }
            }
        }

        /// <summary>The element, or the part, at a position; negative counts from the last.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => this[Array.ConvertAll(indices, i => (TensorIndex)i)];
            set => this[Array.ConvertAll(indices, i => (TensorIndex)i)] = value;
        }

        /// <summary>The elements that index tensors or masks name, copied; setting writes into the tensor.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => this[Array.ConvertAll(indices, TensorIndex.Tensor)];
            set => this[Array.ConvertAll(indices, TensorIndex.Tensor)] = value;
        }

        private Tensor Index(TensorIndex[] indices, out (Tensor View, Tensor?[] Indices)? selection)
        {
            var named = indices.Sum(Consumed);
            var view = this;
            var dimension = 0L;
            var tensors = new List<Tensor?>();
            foreach (var index in indices)
            {
                if (index.IndexKind == TensorIndex.Kind.Ellipsis)
                {
                    dimension += dim() - named;
                }
                else if (index.IndexKind == TensorIndex.Kind.New)
                {
                    view = view.unsqueeze(dimension++);
                }
                else if (index.IndexKind == TensorIndex.Kind.Position)
                {
                    view = view.select(dimension, index.At);
                }
                else if (index.IndexKind == TensorIndex.Kind.Range)
                {
                    view = Operators.slice.Call(
                        view,
                        dimension++,
                        Arg.OptionalLong(index.Steps.Start),
                        Arg.OptionalLong(index.Steps.Stop),
                        index.Steps.Step ?? 1
                    );
                }
                else if (index.IndexKind == TensorIndex.Kind.Truth)
                {
                    view = view.unsqueeze(dimension).narrow(dimension++, 0, index.At);
                }
                else
                {
                    while (tensors.Count < dimension)
                    {
                        tensors.Add(null);
                    }

                    tensors.Add(index.Elements);
                    dimension += Consumed(index);
                }
            }

            Tensor?[] list = [.. tensors];
            selection = list.Length > 0 ? (view, list) : null;
            return list.Length > 0 ? view.index(list)
                : ReferenceEquals(view, this) ? alias()
                : view;
        }

        /// <summary>How many dimensions of the tensor an index stands for.</summary>
        private static long Consumed(TensorIndex index) =>
            index.IndexKind switch
            {
                TensorIndex.Kind.Ellipsis or TensorIndex.Kind.New or TensorIndex.Kind.Truth => 0,
                TensorIndex.Kind.Elements when index.Elements!.dtype == ScalarType.Bool => index.Elements.dim(),
                _ => 1,
            };
    }
}
