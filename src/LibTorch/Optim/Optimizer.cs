// What all optimizers are to their users: a step, groups of parameters with their own settings, and a state.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimizers and schedules of the learning rate.</summary>
    public static partial class optim
    {
        /// <summary>What a schedule of the learning rate reads and sets.</summary>
        public interface ILearningRateController
        {
            /// <summary>The learning rate of the next step.</summary>
            double LearningRate { get; set; }

            /// <summary>The learning rate that schedules start from.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>Has a momentum that a schedule may change.</summary>
        public interface IMomentum
        {
            /// <summary>How much of the last update goes on, 0 to 1.</summary>
            double Momentum { get; set; }
        }

        /// <summary>Has betas that a schedule may change.</summary>
        public interface IBetas
        {
            /// <summary>How much of the last means of the gradient and of its square goes on, 0 to 1.</summary>
            (double, double) Betas { get; set; }
        }

        /// <summary>The base of all optimizers.</summary>
        public abstract class Optimizer : IDisposable
        {
            /// <summary>The groups of parameters, each with its own settings.</summary>
            protected IList<ParamGroup> _parameter_groups = [];

            /// <summary>The groups of parameters, as schedules of the learning rate see them.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            /// <summary>The parameters of all groups.</summary>
            public virtual IEnumerable<Parameter> parameters() =>
                _parameter_groups.SelectMany(group => group.Parameters);

            /// <summary>Fills the gradients of all parameters with zeros.</summary>
            public abstract void zero_grad();

            /// <summary>Changes the parameters by one step.</summary>
            /// <param name="closure">Computes the loss and its gradients before the step; or null.</param>
            /// <returns>What the closure returned, or null.</returns>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            /// <summary>Adds a group of parameters. Settings it leaves out are the optimizer's.</summary>
            /// <param name="param_group">The group.</param>
            public abstract void add_param_group(ParamGroup param_group);

            /// <summary>Frees the optimizer's state. The parameters are not touched.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the optimizer's state.</summary>
            /// <param name="disposing">Whether this was called by <see cref="Dispose()"/>.</param>
            protected virtual void Dispose(bool disposing) { }

            /// <summary>The settings and the state of an optimizer, live: not copies.</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                /// <summary>The settings of each group.</summary>
                public List<OptimizerOptions> Options { get; } = [];

                /// <summary>The state of each parameter, group after group.</summary>
                public List<OptimizerState> State { get; } = [];

                /// <summary>For each group, the places of its parameters in <see cref="State"/>.</summary>
                public List<List<int>> StateIndexRef { get; } = [];
            }
        }
    }
}
