using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>The functions behind operations, as the library of kernels has them.</summary>
internal static class Functions
{
    /// <summary>Sets a function; false where the library has none such.</summary>
    internal static bool Set(ref PlanOperation operation, Nonlinearity function)
    {
        PlanFunction? known = function.Kind switch
        {
            NonlinearityKind.Identity => PlanFunction.Identity,
            NonlinearityKind.LeakyReLU => PlanFunction.LeakyReLU,
            NonlinearityKind.Clip => PlanFunction.Clip,
            NonlinearityKind.Sigmoid => PlanFunction.Sigmoid,
            NonlinearityKind.SiLU => PlanFunction.Swish,
            NonlinearityKind.Hardswish => PlanFunction.Hardswish,
            NonlinearityKind.Tanh => PlanFunction.Tanh,
            NonlinearityKind.ELU => PlanFunction.ELU,
            NonlinearityKind.GELU => PlanFunction.GELU,
            _ => null,
        };
        if (known is null)
        {
            return false;
        }

        operation.Function = known.Value;
        operation.Alpha = function.Kind == NonlinearityKind.SiLU ? 1 : (float)function.Alpha;
        operation.Beta = (float)function.Beta;
        return true;
    }

    /// <summary>Adds one that the library has not as an operation of its own.</summary>
    internal static void AddApart(
        PlanProgram program,
        Nonlinearity function,
        int input,
        int output,
        IReadOnlyList<long> sizes
    )
    {
        if (function.Kind == NonlinearityKind.Hardsigmoid && sizes.Count is 2 or 4)
        {
            IReadOnlyList<long> map = sizes.Count == 4 ? sizes : [.. sizes, 1, 1];
            using var scale = full(sizes[1], 1.0 / 6, ScalarType.Float32);
            using var shift = full(sizes[1], 0.5, ScalarType.Float32);
            var operation = new PlanOperation
            {
                Kind = PlanKind.Pointwise,
                Input = sizes.Count == 4 ? input : program.Alias(input, map),
                Output = sizes.Count == 4 ? output : program.Declare(map),
                Scale = program.Numbers(scale),
                Shift = program.Numbers(shift),
                Function = PlanFunction.Clip,
                Beta = 1,
            };
            program.Add(operation);
            if (sizes.Count == 2)
            {
                program.AddAlias(operation.Output, output);
            }

            return;
        }

        var alone = new Pointwise(new Value(new Input(sizes))) { Activation = function };
        program.AddCall(
            $"{function}",
            tensors => Interpreter.Compute(alone, _ => tensors[0]),
            [(input, sizes)],
            output,
            sizes
        );
    }
}
