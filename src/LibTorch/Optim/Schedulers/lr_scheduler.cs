// torch.optim.lr_scheduler.*
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// The 1cycle policy: the rate climbs from <c>max_lr / div_factor</c> to max_lr, then falls far below where it
            /// started; momentum goes the other way. <see cref="LRScheduler.step()"/> is called after every batch.
            /// </summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="max_lr">The highest rate.</param>
            /// <param name="total_steps">The number of steps; -1 to take epochs times steps_per_epoch.</param>
            /// <param name="epochs">The number of epochs.</param>
            /// <param name="steps_per_epoch">The number of steps in an epoch.</param>
            /// <param name="pct_start">The share of the steps that climb, 0 to 1.</param>
            /// <param name="anneal_strategy">Whether by half a cosine or in a straight line.</param>
            /// <param name="cycle_momentum">Whether to change the momentum (or beta1) too.</param>
            /// <param name="base_momentum">The lowest momentum, at the highest rate.</param>
            /// <param name="max_momentum">The highest momentum, at the ends.</param>
            /// <param name="div_factor">The highest rate over the first.</param>
            /// <param name="final_div_factor">The first rate over the last.</param>
            /// <param name="three_phase">Whether to fall to the first rate in as many steps as it climbed, and then to the last.</param>
            /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
            /// <param name="verbose">Whether to print each change.</param>
            public static LRScheduler OneCycleLR(
                Optimizer optimizer,
                double max_lr,
                int total_steps = -1,
                int epochs = -1,
                int steps_per_epoch = -1,
                double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos,
                bool cycle_momentum = true,
                double base_momentum = 0.85,
                double max_momentum = 0.95,
                double div_factor = 25,
                double final_div_factor = 1e4,
                bool three_phase = false,
                int last_epoch = -1,
                bool verbose = false
            ) =>
                OneCycleLR(
                    optimizer,
                    optimizer.ParamGroups.Select(_ => max_lr),
                    total_steps,
                    epochs,
                    steps_per_epoch,
                    pct_start,
                    anneal_strategy,
                    cycle_momentum,
                    optimizer.ParamGroups.Select(_ => base_momentum),
                    optimizer.ParamGroups.Select(_ => max_momentum),
                    div_factor,
                    final_div_factor,
                    three_phase,
                    last_epoch,
                    verbose
                );

            /// <summary>The 1cycle policy, with rates and momenta per group of parameters.</summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="max_lr">The highest rate of each group.</param>
            /// <param name="total_steps">The number of steps; -1 to take epochs times steps_per_epoch.</param>
            /// <param name="epochs">The number of epochs.</param>
            /// <param name="steps_per_epoch">The number of steps in an epoch.</param>
            /// <param name="pct_start">The share of the steps that climb, 0 to 1.</param>
            /// <param name="anneal_strategy">Whether by half a cosine or in a straight line.</param>
            /// <param name="cycle_momentum">Whether to change the momentum (or beta1) too.</param>
            /// <param name="base_momentum">The lowest momentum of each group; 0.85 by default.</param>
            /// <param name="max_momentum">The highest momentum of each group; 0.95 by default.</param>
            /// <param name="div_factor">The highest rate over the first.</param>
            /// <param name="final_div_factor">The first rate over the last.</param>
            /// <param name="three_phase">Whether to fall to the first rate in as many steps as it climbed, and then to the last.</param>
            /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
            /// <param name="verbose">Whether to print each change.</param>
            public static LRScheduler OneCycleLR(
                Optimizer optimizer,
                IEnumerable<double> max_lr,
                int total_steps = -1,
                int epochs = -1,
                int steps_per_epoch = -1,
                double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos,
                bool cycle_momentum = true,
                IEnumerable<double>? base_momentum = null,
                IEnumerable<double>? max_momentum = null,
                double div_factor = 25,
                double final_div_factor = 1e4,
                bool three_phase = false,
                int last_epoch = -1,
                bool verbose = false
            ) =>
                new impl.OneCycleLR(
                    optimizer,
                    max_lr,
                    total_steps,
                    epochs,
                    steps_per_epoch,
                    pct_start,
                    anneal_strategy,
                    cycle_momentum,
                    base_momentum,
                    max_momentum,
                    div_factor,
                    final_div_factor,
                    three_phase,
                    last_epoch,
                    verbose
                );

            /// <summary>Half a cosine from the optimizer's rate to eta_min in T_max steps.</summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="T_max">The number of steps down.</param>
            /// <param name="eta_min">The lowest rate.</param>
            /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
            /// <param name="verbose">Whether to print each change.</param>
            public static LRScheduler CosineAnnealingLR(
                Optimizer optimizer,
                double T_max,
                double eta_min = 0,
                int last_epoch = -1,
                bool verbose = false
            ) => new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            /// <summary>The rate times gamma every step_size steps.</summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="step_size">The number of steps with the same rate.</param>
            /// <param name="gamma">The factor.</param>
            /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
            /// <param name="verbose">Whether to print each change.</param>
            public static LRScheduler StepLR(
                Optimizer optimizer,
                int step_size,
                double gamma = 0.1,
                int last_epoch = -1,
                bool verbose = false
            ) => new impl.StepLR(optimizer, step_size, gamma, last_epoch, verbose);

            /// <summary>The initial rate times a function of the step's number.</summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="lr_lambda">The function; steps count from 0.</param>
            /// <param name="last_epoch">How many steps were done, less one: -1 to start.</param>
            /// <param name="verbose">Whether to print each change.</param>
            public static LRScheduler LambdaLR(
                Optimizer optimizer,
                Func<int, double> lr_lambda,
                int last_epoch = -1,
                bool verbose = false
            ) => new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);
        }
    }
}
