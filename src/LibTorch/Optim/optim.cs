// torch.optim.SGD, Adam, AdamW and RMSProp.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Stochastic gradient descent with momentum.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="learningRate">The learning rate, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="nesterov">Whether to look ahead by one velocity.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static SGD SGD(
            IEnumerable<Parameter> parameters,
            double learningRate,
            double momentum = 0.0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false,
            bool maximize = false
        ) => new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

        /// <summary>Stochastic gradient descent with momentum.</summary>
        /// <param name="parameters">The parameters with their names.</param>
        /// <param name="learningRate">The learning rate, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="nesterov">Whether to look ahead by one velocity.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static SGD SGD(
            IEnumerable<(string name, Parameter parameter)> parameters,
            double learningRate,
            double momentum = 0.0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false,
            bool maximize = false
        ) =>
            new(
                parameters.Select(named => named.parameter),
                learningRate,
                momentum,
                dampening,
                weight_decay,
                nesterov,
                maximize
            );

        /// <summary>Stochastic gradient descent with momentum.</summary>
        /// <param name="parameters">Groups of parameters; the settings are for what the groups leave out.</param>
        /// <param name="learningRate">The learning rate, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="nesterov">Whether to look ahead by one velocity.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static SGD SGD(
            IEnumerable<SGD.ParamGroup> parameters,
            double learningRate,
            double momentum = 0.0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false,
            bool maximize = false
        ) => new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

        /// <summary>Adam: steps scaled by running means of the gradient and of its square.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static Adam Adam(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Adam: steps scaled by running means of the gradient and of its square.</summary>
        /// <param name="parameters">The parameters with their names.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static Adam Adam(
            IEnumerable<(string name, Parameter parameter)> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters.Select(named => named.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Adam: steps scaled by running means of the gradient and of its square.</summary>
        /// <param name="parameters">Groups of parameters; the settings are for what the groups leave out.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static Adam Adam(
            IEnumerable<Adam.ParamGroup> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Adam with decoupled weight decay.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters; 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static AdamW AdamW(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Adam with decoupled weight decay.</summary>
        /// <param name="parameters">The parameters with their names.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters; 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static AdamW AdamW(
            IEnumerable<(string name, Parameter parameter)> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters.Select(named => named.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Adam with decoupled weight decay.</summary>
        /// <param name="parameters">Groups of parameters; the settings are for what the groups leave out.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
        /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters; 0 or more.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static AdamW AdamW(
            IEnumerable<AdamW.ParamGroup> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        ) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>Steps divided by the root of a running mean of the gradient's square.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="alpha">How much of the last mean of the square goes on, 0 or more.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static RMSProp RMSProp(
            IEnumerable<Parameter> parameters,
            double lr = 0.01,
            double alpha = 0.99,
            double eps = 1e-8,
            double weight_decay = 0,
            double momentum = 0,
            bool centered = false,
            bool maximize = false
        ) => new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

        /// <summary>Steps divided by the root of a running mean of the gradient's square.</summary>
        /// <param name="parameters">The parameters with their names.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="alpha">How much of the last mean of the square goes on, 0 or more.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static RMSProp RMSProp(
            IEnumerable<(string name, Parameter parameter)> parameters,
            double lr = 0.01,
            double alpha = 0.99,
            double eps = 1e-8,
            double weight_decay = 0,
            double momentum = 0,
            bool centered = false,
            bool maximize = false
        ) =>
            new(
                parameters.Select(named => named.parameter),
                lr,
                alpha,
                eps,
                weight_decay,
                momentum,
                centered,
                maximize
            );

        /// <summary>Steps divided by the root of a running mean of the gradient's square.</summary>
        /// <param name="parameters">Groups of parameters; the settings are for what the groups leave out.</param>
        /// <param name="lr">The learning rate, 0 or more.</param>
        /// <param name="alpha">How much of the last mean of the square goes on, 0 or more.</param>
        /// <param name="eps">What is added to the denominator, 0 or more.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
        /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
        /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
        /// <param name="maximize">Whether to climb.</param>
        public static RMSProp RMSProp(
            IEnumerable<RMSProp.ParamGroup> parameters,
            double lr = 0.01,
            double alpha = 0.99,
            double eps = 1e-8,
            double weight_decay = 0,
            double momentum = 0,
            bool centered = false,
            bool maximize = false
        ) => new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
    }
}
