using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>A map times its gate: made again in backward where a later layer needs it.</summary>
internal static class Product
{
    private static readonly Operator SumToSize = new("aten::sum_to_size");

    /// <summary>x * y.</summary>
    public static Tensor Apply(Tensor x, Tensor y) =>
        AutogradNode.IsWanted(x, y) && AutogradSupport.Takes(x) ? Node.Record(x, y) : x * y;

    private sealed class Node : AutogradNode
    {
        private Recipe? recipe;
        private Saved? x;
        private Saved? y;

        private Node(Tensor x, Tensor y)
            : base(x, y) { }

        public static Tensor Record(Tensor x, Tensor y)
        {
            using var node = new Node(x, y);
            Tensor computed;
            using (no_grad())
            {
                computed = x * y;
            }

            var product = node.Attach(computed);
            node.x = node.Needs(1) ? node.Save(x) : null;
            node.y = node.Needs(0) ? node.Save(y) : null;
            node.recipe = Recipe.Remember(product, static terms => terms[0] * terms[1], x, y);
            return product;
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            var gradient = gradients[0]!;
            if (Needs(0))
            {
                results[0] = SumToSize.Call(gradient * y!.Get(), ShapeOf(0));
            }

            if (Needs(1))
            {
                results[1] = SumToSize.Call(gradient * x!.Get(), ShapeOf(1));
            }
        }

        protected override void Release()
        {
            recipe?.Dispose();
            recipe = null;
        }
    }
}
