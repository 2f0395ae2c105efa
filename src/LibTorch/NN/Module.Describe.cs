// The printed form of a module: PyTorch's tree, one line per layer.
using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The tree of modules, with the settings of each layer, as PyTorch prints it.</summary>
            public override string ToString()
            {
                StringBuilder tree = new();
                Describe(tree, 0);
                return tree.ToString();
            }

            /// <summary>The settings between the parentheses of the printed form.</summary>
            private protected virtual string Settings => "";

            private void Describe(StringBuilder tree, int depth)
            {
                tree.Append(GetName()).Append('(').Append(Settings);
                bool any = false;
                foreach ((string child, Module module) in named_children())
                {
                    any = true;
                    tree.Append('\n').Append(' ', 2 * (depth + 1)).Append('(').Append(child).Append("): ");
                    module.Describe(tree, depth + 1);
                }

                if (any)
                {
                    tree.Append('\n').Append(' ', 2 * depth);
                }

                tree.Append(')');
            }
        }
    }
}
