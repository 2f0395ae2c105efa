// The base of all layers: which parameters, buffers and sub-modules belong to a module, and under which names.
using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// The base of all neural network modules. A module owns parameters (learned), buffers (state that is saved but not
        /// learned) and sub-modules, each under a name; the names joined by dots are the keys of <see cref="state_dict"/>.
        /// </summary>
        /// <remarks>
        /// A derived class assigns its layers to fields and calls <see cref="RegisterComponents"/> at the end of its
        /// constructor; the names of the fields become the names of the components.
        /// </remarks>
        public partial class Module : IDisposable
        {
            private readonly OrderedDictionary<string, Module> _children = [];
            private readonly OrderedDictionary<string, Parameter> _parameters = [];
            private readonly OrderedDictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];
            private bool _training = true;
            private bool _componentsRegistered;

            /// <summary>The name that <see cref="GetName"/> gives: by custom the name of the class.</summary>
            protected string? name;

            /// <summary>Makes a module in training mode with nothing registered.</summary>
            /// <param name="name">What <see cref="GetName"/> returns; by custom the name of the class.</param>
            protected Module(string name) => this.name = name;

            /// <summary>The name given to the constructor, or the name of the class when that was empty.</summary>
            public virtual string GetName() => string.IsNullOrEmpty(name) ? GetType().Name : name;

            /// <summary>
            /// Registers every field that holds a module, a parameter or a tensor (as a buffer) under the field's name, in
            /// the order of declaration, unless that name is registered already. Runs once.
            /// </summary>
            /// <remarks>
            /// A <see cref="ComponentNameAttribute"/> on the field gives another name; the field behind an automatic
            /// property takes the property's name.
            /// </remarks>
            protected virtual void RegisterComponents()
            {
                if (_componentsRegistered)
                {
                    return;
                }

                foreach (FieldInfo field in InstanceFields(GetType()))
                {
                    string component = ComponentName(field);
                    if (
                        _children.ContainsKey(component)
                        || _parameters.ContainsKey(component)
                        || _buffers.ContainsKey(component)
                    )
                    {
                        continue;
                    }

                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }

                _componentsRegistered = true;
            }

            /// <summary>Registers a tensor that is part of the state but is not learned, such as a running mean.</summary>
            /// <param name="name">The name of the buffer within this module.</param>
            /// <param name="tensor">The buffer. From here on the module owns it: no dispose scope frees it.</param>
            /// <param name="persistent">Whether the buffer is part of <see cref="state_dict"/>.</param>
            /// <exception cref="ArgumentNullException">The tensor is null.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null)
                {
                    throw new ArgumentNullException(
                        nameof(tensor),
                        $"The buffer '{name}' of {GetName()} cannot be null."
                    );
                }

                if (!_buffers.TryAdd(name, (tensor, persistent)))
                {
                    throw new InvalidOperationException($"{GetName()} already has a buffer named '{name}'.");
                }

                tensor.DetachFromDisposeScope();
            }

            /// <summary>Registers a parameter: a tensor that optimizers learn.</summary>
            /// <param name="name">The name of the parameter within this module.</param>
            /// <param name="param">The parameter. From here on the module owns it: no dispose scope frees it.</param>
            /// <exception cref="ArgumentNullException">The parameter is null.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null)
                {
                    throw new ArgumentNullException(
                        nameof(param),
                        $"The parameter '{name}' of {GetName()} cannot be null."
                    );
                }

                if (!_parameters.TryAdd(name, param))
                {
                    throw new InvalidOperationException($"{GetName()} already has a parameter named '{name}'.");
                }

                param.DetachFromDisposeScope();
            }

            /// <summary>Registers a sub-module, and the components of its fields with it.</summary>
            /// <param name="name">The name within this module: not empty, without dots.</param>
            /// <param name="submodule">The sub-module; null removes the one registered under the name.</param>
            /// <exception cref="ArgumentException">The name is empty or has a dot in it.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    _children.Remove(name);
                    return;
                }

                if (string.IsNullOrEmpty(name) || name.Contains('.'))
                {
                    throw new ArgumentException(
                        $"'{name}' cannot name a sub-module of {GetName()}: a name is not empty and has no dots in it.",
                        nameof(name)
                    );
                }

                if (_children.ContainsKey(name))
                {
                    throw new InvalidOperationException($"{GetName()} already has a sub-module named '{name}'.");
                }

                submodule.RegisterComponents();
                _children.Add(name, submodule);
            }

            /// <summary>The same as <see cref="register_module"/>.</summary>
            /// <param name="name">The name within this module: not empty, without dots.</param>
            /// <param name="module">The sub-module.</param>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers a parameter, or replaces the one of that name; null removes it.</summary>
            /// <param name="name">The name of the parameter within this module.</param>
            /// <param name="value">The parameter.</param>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                {
                    _parameters.Remove(name);
                }
                else
                {
                    _parameters[name] = value;
                    value.DetachFromDisposeScope();
                }
            }

            /// <summary>Registers a buffer, or replaces the one of that name; null removes it.</summary>
            /// <param name="name">The name of the buffer within this module.</param>
            /// <param name="value">The buffer.</param>
            /// <param name="persistent">Whether the buffer is part of <see cref="state_dict"/>.</param>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                {
                    _buffers.Remove(name);
                }
                else
                {
                    _buffers[name] = (value, persistent);
                    value.DetachFromDisposeScope();
                }
            }

            /// <summary>Whether the module is in training mode, as it is when made.</summary>
            public virtual bool training => _training;

            /// <summary>Puts the module and all its sub-modules in training mode (or, with false, in evaluation mode).</summary>
            /// <param name="train">Whether to train.</param>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (Module child in children())
                {
                    child.train(train);
                }
            }

            /// <summary>Puts the module and all its sub-modules in evaluation mode.</summary>
            public virtual void eval() => train(false);

            /// <summary>Calls a function on every sub-module, innermost first, and last on this module.</summary>
            /// <param name="fn">The function, for example one that sets the weights of convolutions.</param>
            /// <returns>This module.</returns>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (Module child in children())
                {
                    child.apply(fn);
                }

                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients of all parameters.</summary>
            /// <param name="set_to_none">Whether to drop the gradients (the default) or to fill them with zeros.</param>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (Parameter parameter in parameters())
                {
                    using Tensor? gradient = parameter.grad;
                    if (gradient is null)
                    {
                        continue;
                    }

                    if (set_to_none)
                    {
                        parameter.grad = null;
                    }
                    else
                    {
                        gradient.zero_();
                    }
                }
            }

            /// <summary>Frees the parameters, the buffers and the sub-modules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees what the module owns. A derived class that owns more calls the base as well.</summary>
            /// <param name="disposing">Whether this was called by <see cref="Dispose()"/>.</param>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                {
                    return;
                }

                foreach (Parameter parameter in _parameters.Values)
                {
                    parameter.Dispose();
                }

                foreach ((Tensor buffer, _) in _buffers.Values)
                {
                    buffer.Dispose();
                }

                foreach (Module child in children())
                {
                    child.Dispose();
                }
            }

            private protected void ClearModules() => _children.Clear();

            private protected void SetParameter(ref Parameter? field, Parameter? value, string name)
            {
                if (ReferenceEquals(field, value))
                {
                    return;
                }

                field?.Dispose();
                field = value;
                ConditionallyRegisterParameter(name, value);
            }

            private protected void SetBuffer(ref Tensor? field, Tensor? value, string name)
            {
                if (ReferenceEquals(field, value))
                {
                    return;
                }

                field?.Dispose();
                field = value;
                ConditionallyRegisterBuffer(name, value);
            }

            private static IEnumerable<FieldInfo> InstanceFields(Type type)
            {
                const BindingFlags Own =
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                HashSet<string> seen = [];
                for (Type? current = type; current is not null && current != typeof(Module); current = current.BaseType)
                {
                    foreach (FieldInfo field in current.GetFields(Own))
                    {
                        if (seen.Add(field.Name))
                        {
                            yield return field;
                        }
                    }
                }
            }

            private static string ComponentName(FieldInfo field)
            {
                if (field.GetCustomAttribute<ComponentNameAttribute>()?.Name is { } given)
                {
                    return given;
                }

                int end = field.Name.IndexOf(">k__BackingField", StringComparison.Ordinal);
                return end > 0 ? field.Name[1..end] : field.Name;
            }
        }
    }
}
