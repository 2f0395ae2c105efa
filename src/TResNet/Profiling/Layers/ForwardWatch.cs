using System.Diagnostics;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>
/// Watches forward passes by hooks on modules, which are taken away at the end of each pass. On a GPU it waits at every hook, or the times would be
/// those of the calls alone.
/// </summary>
internal sealed class ForwardWatch(nn.Module<Tensor, Tensor> model, Device device)
{
    private readonly (nn.Module<Tensor, Tensor> Module, string Name)[] modules = [.. Watched(model)];

    /// <summary>The calls of a pass, in the order in which they began.</summary>
    /// <param name="forward">Calls the network once.</param>
    public IReadOnlyList<LayerCall> Run(Action forward)
    {
        var calls = new List<LayerCall>();
        var open = new Stack<int>();
        var removers = new List<Action>();
        foreach (var (module, name) in modules)
        {
            var before = module.register_forward_pre_hook((_, input) => Enter(module, name, input));
            var after = module.register_forward_hook((_, _, output) => Leave(output));
            removers.AddRange([before.remove, after.remove]);
        }

        try
        {
            forward();
        }
        finally
        {
            removers.ForEach(remove => remove());
        }

        return calls;

        Tensor Enter(nn.Module<Tensor, Tensor> module, string name, Tensor input)
        {
            var parent = open.Count == 0 ? -1 : open.Peek();
            var call = new LayerCall(module, name, parent, open.Count) { Input = TensorKind.Of(input) };
            open.Push(calls.Count);
            calls.Add(call);
            device.Wait();
            call.Start = Stopwatch.GetTimestamp();
            return input;
        }

        Tensor Leave(Tensor output)
        {
            device.Wait();
            var now = Stopwatch.GetTimestamp();
            var call = calls[open.Pop()];
            call.End = now;
            call.Output = TensorKind.Of(output);
            return output;
        }
    }

    private static IEnumerable<(nn.Module<Tensor, Tensor> Module, string Name)> Watched(nn.Module model)
    {
        var seen = new HashSet<nn.Module>(ReferenceEqualityComparer.Instance);
        return Within(model, "");

        IEnumerable<(nn.Module<Tensor, Tensor>, string)> Within(nn.Module module, string name)
        {
            if (!seen.Add(module))
            {
                yield break;
            }

            if (module is nn.Module<Tensor, Tensor> called)
            {
                yield return (called, name);
            }

            if (LayerKinds.IsWhole(module))
            {
                yield break;
            }

            foreach (var (child, inner) in module.named_children())
            {
                foreach (var each in Within(inner, name.Length == 0 ? child : $"{name}.{child}"))
                {
                    yield return each;
                }
            }
        }
    }
}
