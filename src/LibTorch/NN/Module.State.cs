// What a module holds, by name: the enumerations, and the state dictionary with PyTorch's keys.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters of this module and its sub-modules, each once, with dotted names.</summary>
            /// <param name="recurse">Whether to go into sub-modules.</param>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
                foreach ((string own, Parameter parameter) in _parameters)
                {
                    if (seen.Add(parameter))
                    {
                        yield return (own, parameter);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach ((string child, Module module) in named_children())
                {
                    foreach ((string inner, Parameter parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter))
                        {
                            yield return ($"{child}.{inner}", parameter);
                        }
                    }
                }
            }

            /// <summary>The parameters of this module and its sub-modules, each once.</summary>
            /// <param name="recurse">Whether to go into sub-modules.</param>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(named => named.parameter);

            /// <summary>The buffers of this module and its sub-modules, each once, with dotted names.</summary>
            /// <param name="recurse">Whether to go into sub-modules.</param>
            /// <param name="include_nonpersistent">Whether to list the buffers that are not saved too.</param>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true,
                bool include_nonpersistent = true
            )
            {
                HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
                foreach ((string own, (Tensor buffer, bool persistent)) in _buffers)
                {
                    if ((persistent || include_nonpersistent) && seen.Add(buffer))
                    {
                        yield return (own, buffer);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach ((string child, Module module) in named_children())
                {
                    foreach ((string inner, Tensor buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer))
                        {
                            yield return ($"{child}.{inner}", buffer);
                        }
                    }
                }
            }

            /// <summary>The buffers of this module and its sub-modules, each once.</summary>
            /// <param name="recurse">Whether to go into sub-modules.</param>
            /// <param name="include_nonpersistent">Whether to list the buffers that are not saved too.</param>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            /// <summary>The direct sub-modules, in the order of registration.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() =>
                _children.Select(child => (child.Key, child.Value));

            /// <summary>The direct sub-modules, in the order of registration.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(named => named.module);

            /// <summary>
            /// All sub-modules with dotted names: first the direct ones, then those within each. As in TorchSharp, and
            /// unlike PyTorch, this module itself is not among them.
            /// </summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module module) in named_children())
                {
                    yield return (child, module);
                }

                foreach ((string child, Module module) in named_children())
                {
                    foreach ((string inner, Module descendant) in module.named_modules())
                    {
                        yield return ($"{child}.{inner}", descendant);
                    }
                }
            }

            /// <summary>All sub-modules, in the order of <see cref="named_modules"/>.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            /// <summary>Whether there is a parameter of that dotted name.</summary>
            /// <param name="target">A dotted name, such as <c>layer1.0.conv1.weight</c>.</param>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>Whether there is a buffer of that dotted name.</summary>
            /// <param name="target">A dotted name, such as <c>layer1.0.bn1.running_mean</c>.</param>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of that dotted name, or null.</summary>
            /// <param name="target">A dotted name, such as <c>layer1.0.conv1.weight</c>.</param>
            public virtual Parameter? get_parameter(string target)
            {
                (Module? owner, string last) = Find(target);
                return owner is not null && owner._parameters.TryGetValue(last, out Parameter? found) ? found : null;
            }

            /// <summary>The buffer of that dotted name, or null.</summary>
            /// <param name="target">A dotted name, such as <c>layer1.0.bn1.running_mean</c>.</param>
            public virtual Tensor? get_buffer(string target)
            {
                (Module? owner, string last) = Find(target);
                return owner is not null && owner._buffers.TryGetValue(last, out (Tensor Tensor, bool _) found)
                    ? found.Tensor
                    : null;
            }

            /// <summary>
            /// The state by dotted name: all parameters, then all persistent buffers, then the further names of tensors
            /// that several sub-modules share. The tensors are the module's own, not copies.
            /// </summary>
            /// <param name="destination">A dictionary to add to; a new one by default.</param>
            /// <param name="prefix">What to put, with a dot, before every name; nothing by default.</param>
            /// <returns>The dictionary.</returns>
            public virtual Dictionary<string, Tensor> state_dict(
                Dictionary<string, Tensor>? destination = null,
                string? prefix = null
            )
            {
                destination ??= [];
                string before = string.IsNullOrEmpty(prefix) ? "" : $"{prefix}.";
                foreach ((string key, Parameter parameter) in named_parameters())
                {
                    destination.TryAdd(before + key, parameter);
                }

                foreach ((string key, Tensor buffer) in named_buffers(include_nonpersistent: false))
                {
                    destination.TryAdd(before + key, buffer);
                }

                foreach ((string child, Module module) in named_children())
                {
                    module.state_dict(destination, before + child);
                }

                return destination;
            }

            /// <summary>
            /// Copies tensors into the parameters and buffers of the same names, converting type and device. Names and
            /// shapes are checked before anything is copied.
            /// </summary>
            /// <param name="source">Tensors by dotted name, as <see cref="state_dict"/> gives them.</param>
            /// <param name="strict">Whether the names must be the same on both sides.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <returns>The names that this module has and the source lacks, and the other way round.</returns>
            /// <exception cref="InvalidOperationException">
            /// Names are missing or unexpected (when strict), or shapes differ; the message lists them.
            /// </exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source,
                bool strict = true,
                IList<string>? skip = null
            )
            {
                ArgumentNullException.ThrowIfNull(source);
                Dictionary<string, Tensor> target = state_dict();
                HashSet<string> skipped = [.. skip ?? []];
                List<string> missing =
                [
                    .. target.Keys.Where(key => !source.ContainsKey(key) && !skipped.Contains(key)),
                ];
                List<string> unexpected =
                [
                    .. source.Keys.Where(key => !target.ContainsKey(key) && !skipped.Contains(key)),
                ];
                List<string> shared = [.. source.Keys.Where(key => target.ContainsKey(key) && !skipped.Contains(key))];
                StateMismatch mismatch = new(GetName());
                if (strict)
                {
                    mismatch.Missing.AddRange(missing);
                    mismatch.Unexpected.AddRange(unexpected);
                }

                foreach (string key in shared)
                {
                    mismatch.CompareShapes(key, target[key].shape, source[key].shape);
                }

                mismatch.ThrowIfAny();
                using IDisposable withoutGradients = no_grad();
                foreach (string key in shared)
                {
                    target[key].copy_(source[key]);
                }

                return (missing, unexpected);
            }

            private (Module? Owner, string Last) Find(string target)
            {
                string[] path = target.Split('.');
                Module? owner = this;
                foreach (string step in path.SkipLast(1))
                {
                    owner = owner.named_children().FirstOrDefault(named => named.name == step).module;
                    if (owner is null)
                    {
                        break;
                    }
                }

                return (owner, path[^1]);
            }
        }
    }
}
