using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index expression, as in <c>x[0, TensorIndex.Slice(1, 3)]</c>.</summary>
    public sealed class TensorIndex
    {
        private TensorIndex() { }

        internal long? Position { get; private init; }

        internal (long? Start, long? Stop, long? Step)? Range { get; private init; }

        internal Tensor? Indices { get; private init; }

        internal bool IsNew { get; private init; }

        /// <summary>As many whole dimensions as are not named.</summary>
        public static TensorIndex Ellipsis { get; } = new();

        /// <summary>A new dimension of length one.</summary>
        public static TensorIndex None { get; } = new() { IsNew = true };

        /// <summary>A whole dimension.</summary>
        public static TensorIndex Colon => Slice();

        /// <summary>Every step-th element from start to before stop; null is the end of the dimension.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Range = (start, stop, step) };

        /// <summary>One element; negative counts from the last.</summary>
        public static TensorIndex Single(long? index) => new() { Position = index };

        /// <summary>One element; negative counts from the last.</summary>
        public static implicit operator TensorIndex(long value) => new() { Position = value };

        /// <summary>One element; negative counts from the last.</summary>
        public static implicit operator TensorIndex(int value) => new() { Position = value };

        /// <summary>The elements that an index tensor or a mask names.</summary>
        public static implicit operator TensorIndex(Tensor value) => new() { Indices = value };

        /// <summary>A range, as in <c>x[1..3]</c>.</summary>
        public static implicit operator TensorIndex(Range value) =>
            Slice(
                value.Start.IsFromEnd ? -value.Start.Value : value.Start.Value,
                value.End.IsFromEnd ? (value.End.Value == 0 ? null : -value.End.Value) : value.End.Value
            );
    }

    public partial class Tensor
    {
        /// <summary>A part of the tensor. Positions and slices give a view; setting writes into the tensor.</summary>
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

        private Tensor Index(TensorIndex[] indices, out (Tensor View, Tensor?[] Indices)? selection)
        {
            var named = indices.Count(i => !i.IsNew && !ReferenceEquals(i, TensorIndex.Ellipsis));
            var view = this;
            var dimension = 0L;
            var tensors = new List<Tensor?>();
            foreach (var index in indices)
            {
                if (ReferenceEquals(index, TensorIndex.Ellipsis))
                {
                    dimension += dim() - named;
                }
                else if (index.IsNew)
                {
                    view = view.unsqueeze(dimension++);
                }
                else if (index.Position is { } position)
                {
                    view = view.select(dimension, position);
                }
                else if (index.Range is { } range)
                {
                    view = Operators.slice.Call(
                        view,
                        dimension++,
                        Arg.OptionalLong(range.Start),
                        Arg.OptionalLong(range.Stop),
                        range.Step ?? 1
                    );
                }
                else
                {
                    while (tensors.Count < dimension)
                    {
                        tensors.Add(null);
                    }

                    tensors.Add(index.Indices);
                    dimension += index.Indices!.dtype == ScalarType.Bool ? index.Indices.dim() : 1;
                }
            }

            Tensor?[] list = [.. tensors];
            selection = list.Length > 0 ? (view, list) : null;
            return list.Length > 0 ? view.index(list)
                : ReferenceEquals(view, this) ? alias()
                : view;
        }
    }
}
