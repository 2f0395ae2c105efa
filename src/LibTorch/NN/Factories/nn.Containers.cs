// torch.nn.Sequential and torch.nn.ModuleList.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>An empty sequence.</summary>
        public static Sequential Sequential() => new();

        /// <summary>A sequence of named modules.</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
            Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);

        /// <summary>A sequence of modules named by their positions, 0, 1, ...</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
            Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

        /// <summary>A sequence of named modules.</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(params Tuple<string, Module<Tensor, Tensor>>[] modules) =>
            Sequential((IEnumerable<Tuple<string, Module<Tensor, Tensor>>>)modules);

        /// <summary>A sequence of named modules.</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
        {
            Sequential sequence = new();
            foreach ((string name, Module<Tensor, Tensor> module) in modules)
            {
                sequence.append(name, module);
            }

            return sequence;
        }

        /// <summary>A sequence of named modules.</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) =>
            Sequential(modules.Select(named => (named.Item1, named.Item2)));

        /// <summary>A sequence of modules named by their positions, 0, 1, ...</summary>
        /// <param name="modules">The modules, first to last. The sequence disposes them when it is disposed.</param>
        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
        {
            Sequential sequence = new();
            foreach (Module<Tensor, Tensor> module in modules)
            {
                sequence.append(module);
            }

            return sequence;
        }

        /// <summary>A list of modules, registered under their positions 0, 1, ...</summary>
        /// <param name="modules">The modules in order.</param>
        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

        /// <summary>A list of modules, registered under their positions 0, 1, ...</summary>
        /// <typeparam name="T">The type of the modules.</typeparam>
        /// <param name="modules">The modules in order.</param>
        public static ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);
    }
}
