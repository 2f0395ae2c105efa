// Modules that can be called: hooks run before and after forward, and may replace what goes in or comes out.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Something that maps one input to one result.</summary>
        /// <typeparam name="T">The type of the input.</typeparam>
        /// <typeparam name="TResult">The type of the result.</typeparam>
        public interface IModule<T, TResult>
        {
            /// <summary>Runs the hooks and the computation.</summary>
            /// <param name="input1">The input.</param>
            TResult call(T input1);
        }

        /// <summary>Something that maps two inputs to one result.</summary>
        /// <typeparam name="T1">The type of the first input.</typeparam>
        /// <typeparam name="T2">The type of the second input.</typeparam>
        /// <typeparam name="TResult">The type of the result.</typeparam>
        public interface IModule<T1, T2, TResult>
        {
            /// <summary>Runs the hooks and the computation.</summary>
            /// <param name="input1">The first input.</param>
            /// <param name="input2">The second input.</param>
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>A module with hooks around its computation.</summary>
        /// <typeparam name="TPreHook">The type of a hook that sees the input.</typeparam>
        /// <typeparam name="TPostHook">The type of a hook that sees the input and the result.</typeparam>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            private readonly OrderedDictionary<string, TPreHook> _preHooks = [];
            private readonly OrderedDictionary<string, TPostHook> _postHooks = [];
            private readonly OrderedDictionary<string, Action<Module>> _modulePreHooks = [];
            private readonly OrderedDictionary<string, Action<Module>> _modulePostHooks = [];

            /// <summary>Makes a module without hooks.</summary>
            /// <param name="name">What <see cref="Module.GetName"/> returns.</param>
            protected HookableModule(string name)
                : base(name) { }

            /// <summary>Adds a function that runs after <c>forward</c>. What it returns, unless null, becomes the result.</summary>
            /// <param name="hook">A function of the module, its input and its result.</param>
            /// <returns>What takes the hook away again.</returns>
            public HookRemover register_forward_hook(TPostHook hook) => Add(_postHooks, hook);

            /// <summary>Adds a function that runs before <c>forward</c>. What it returns, unless null, becomes the input.</summary>
            /// <param name="hook">A function of the module and its input.</param>
            /// <returns>What takes the hook away again.</returns>
            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(_preHooks, hook);

            /// <summary>Adds an action that runs after <c>forward</c>, and after the hooks that see the result.</summary>
            /// <param name="hook">An action on the module.</param>
            /// <returns>What takes the hook away again.</returns>
            public HookRemover register_forward_hook(Action<Module> hook) => Add(_modulePostHooks, hook);

            /// <summary>Adds an action that runs before <c>forward</c>, and before the hooks that see the input.</summary>
            /// <param name="hook">An action on the module.</param>
            /// <returns>What takes the hook away again.</returns>
            public HookRemover register_forward_pre_hook(Action<Module> hook) => Add(_modulePreHooks, hook);

            // The hooks are copied before they run: a hook may remove itself or another.
            private protected TPreHook[] PreHooks => Snapshot(_preHooks);

            private protected TPostHook[] PostHooks => Snapshot(_postHooks);

            private protected void RunModulePreHooks()
            {
                foreach (Action<Module> hook in Snapshot(_modulePreHooks))
                {
                    hook(this);
                }
            }

            private protected void RunModulePostHooks()
            {
                foreach (Action<Module> hook in Snapshot(_modulePostHooks))
                {
                    hook(this);
                }
            }

            private static THook[] Snapshot<THook>(OrderedDictionary<string, THook> hooks) =>
                hooks.Count == 0 ? [] : [.. hooks.Values];

            private HookRemover Add<THook>(OrderedDictionary<string, THook> hooks, THook hook)
            {
                string key = Guid.NewGuid().ToString();
                hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            private void Remove(string key)
            {
                _preHooks.Remove(key);
                _postHooks.Remove(key);
                _modulePreHooks.Remove(key);
                _modulePostHooks.Remove(key);
            }

            /// <summary>Takes a hook away.</summary>
            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> _module;
                private readonly string _key;

                /// <summary>Remembers which hook of which module to take away.</summary>
                /// <param name="module">The module.</param>
                /// <param name="key">The hook's key.</param>
                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
                {
                    _module = module;
                    _key = key;
                }

                /// <summary>Takes the hook away; a second call does nothing.</summary>
                public void remove() => _module.Remove(_key);
            }
        }

        /// <summary>A module that maps one input to one result.</summary>
        /// <typeparam name="T">The type of the input.</typeparam>
        /// <typeparam name="TResult">The type of the result.</typeparam>
        public abstract class Module<T, TResult>
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>,
                IModule<T, TResult>
        {
            /// <summary>Makes a module without hooks.</summary>
            /// <param name="name">What <see cref="Module.GetName"/> returns.</param>
            protected Module(string name)
                : base(name) { }

            /// <summary>The computation. Callers use <see cref="call"/>, which runs the hooks too.</summary>
            /// <param name="input">The input.</param>
            public abstract TResult forward(T input);

            /// <summary>Runs the pre-hooks, <see cref="forward"/> and the hooks.</summary>
            /// <param name="input">The input.</param>
            public TResult call(T input)
            {
                RunModulePreHooks();
                foreach (Func<Module<T, TResult>, T, T> hook in PreHooks)
                {
                    if (hook(this, input) is { } replaced)
                    {
                        input = replaced;
                    }
                }

                TResult result = forward(input);
                foreach (Func<Module<T, TResult>, T, TResult, TResult> hook in PostHooks)
                {
                    if (hook(this, input, result) is { } replaced)
                    {
                        result = replaced;
                    }
                }

                RunModulePostHooks();
                return result;
            }
        }

        /// <summary>A module that maps two inputs to one result.</summary>
        /// <typeparam name="T1">The type of the first input.</typeparam>
        /// <typeparam name="T2">The type of the second input.</typeparam>
        /// <typeparam name="TResult">The type of the result.</typeparam>
        public abstract class Module<T1, T2, TResult>
            : HookableModule<
                Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>,
                Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>
            >,
                IModule<T1, T2, TResult>
        {
            /// <summary>Makes a module without hooks.</summary>
            /// <param name="name">What <see cref="Module.GetName"/> returns.</param>
            protected Module(string name)
                : base(name) { }

            /// <summary>The computation. Callers use <see cref="call"/>, which runs the hooks too.</summary>
            /// <param name="input1">The first input.</param>
            /// <param name="input2">The second input.</param>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs the pre-hooks, <see cref="forward"/> and the hooks.</summary>
            /// <param name="input1">The first input.</param>
            /// <param name="input2">The second input.</param>
            public TResult call(T1 input1, T2 input2)
            {
                RunModulePreHooks();
                foreach (Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?> hook in PreHooks)
                {
                    if (hook(this, input1, input2) is { } replaced)
                    {
                        (input1, input2) = replaced;
                    }
                }

                TResult result = forward(input1, input2);
                foreach (Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult> hook in PostHooks)
                {
                    if (hook(this, input1, input2, result) is { } replaced)
                    {
                        result = replaced;
                    }
                }

                RunModulePostHooks();
                return result;
            }
        }
    }
}
