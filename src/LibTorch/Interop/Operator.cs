namespace TorchSharp.Interop;

/// <summary>
/// An ATen operator, found by its schema name the first time it is called. Keep one in a static field: the look-up lasts as long as the
/// process.
/// </summary>
/// <param name="name">With its namespace: <c>aten::conv2d</c>.</param>
/// <param name="overload">The part after the dot in the schema, such as <c>Tensor</c> or <c>dim_IntList</c>.</param>
/// <param name="again">
/// Whether its one result is cheaper to make again than to keep: where autograd saves it, the arguments are kept in its place.
/// </param>
internal sealed unsafe class Operator(string name, string overload = "", bool again = false) : Callable
{
    private nint handle;

    private protected override string FullName => overload.Length == 0 ? name : $"{name}.{overload}";

    private protected override int Enter(
        NativeValue* inputs,
        int inputCount,
        NativeValue* outputs,
        int capacity,
        int* count
    )
    {
        if (handle == 0)
        {
            NativeMethods.Check(NativeMethods.tb_operator_find(name, overload, out handle), FullName);
        }

        return again
            ? NativeMethods.tb_operator_call_again(handle, inputs, inputCount, outputs, capacity, count)
            : NativeMethods.tb_operator_call(handle, inputs, inputCount, outputs, capacity, count);
    }
}
