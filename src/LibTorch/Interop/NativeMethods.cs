using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The C ABI of native/bridge.h, one to one. A non-zero status means <see cref="tb_last_error"/> has the reason.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Bridge = BridgeLibrary.Name;

    [LibraryImport(Bridge)]
    internal static partial nint tb_last_error();

    [LibraryImport(Bridge)]
    internal static partial void tb_free(nint pointer);

    // --- operators

    [LibraryImport(Bridge, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int tb_operator_find(string name, string overload, out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_operator_call(
        nint op,
        NativeValue* inputs,
        int inputCount,
        NativeValue* outputs,
        int capacity,
        int* count
    );

    [LibraryImport(Bridge)]
    internal static partial int tb_operator_call_again(
        nint op,
        NativeValue* inputs,
        int inputCount,
        NativeValue* outputs,
        int capacity,
        int* count
    );

    // --- tensors

    [LibraryImport(Bridge)]
    internal static partial void tb_tensor_release(nint tensor);

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial int tb_tensor_dim(nint tensor);

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial long tb_tensor_numel(nint tensor);

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial int tb_tensor_dtype(nint tensor);

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial long tb_tensor_device(nint tensor);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_sizes(nint tensor, long* sizes);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_strides(nint tensor, long* strides);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_is_contiguous(nint tensor, int memoryFormat, out int result);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_data_ptr(nint tensor, out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_storage(nint tensor, out long address, out long bytes);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_from_host(void* data, long* sizes, int dim, int dtype, out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_to_host(nint tensor, void* data);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_requires_grad(nint tensor);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_set_requires_grad(nint tensor, int value);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_is_leaf(nint tensor);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_grad(nint tensor, out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_tensor_set_grad(nint tensor, nint grad);

    [LibraryImport(Bridge)]
    internal static partial nint tb_tensor_alias(nint tensor);

    [LibraryImport(Bridge)]
    internal static partial ulong tb_tensor_version(nint tensor);

    // --- autograd

    [LibraryImport(Bridge)]
    internal static partial int tb_backward(nint* tensors, nint* grads, int count, int retainGraph, int createGraph);

    [LibraryImport(Bridge)]
    internal static partial int tb_grad(
        nint* outputs,
        nint* grads,
        int outputCount,
        nint* inputs,
        int inputCount,
        int retainGraph,
        int createGraph,
        int allowUnused,
        nint* results
    );

    [LibraryImport(Bridge)]
    internal static partial int tb_function_apply(
        nint* inputs,
        int inputCount,
        nint state,
        delegate* unmanaged<nint, nint, nint*, int, int*, int> forward,
        delegate* unmanaged<nint, nint, nint*, int, nint*, int, int> backward,
        delegate* unmanaged<nint, void> released,
        nint* outputs,
        int capacity,
        int* count
    );

    [LibraryImport(Bridge)]
    internal static partial int tb_context_save(nint context, nint* tensors, int count);

    [LibraryImport(Bridge)]
    internal static partial int tb_context_saved(nint context, nint* tensors, int capacity, int* count);

    [LibraryImport(Bridge)]
    internal static partial int tb_context_mark(nint context, nint* tensors, int count, int dirty);

    [LibraryImport(Bridge)]
    internal static partial void tb_context_materialize_grads(nint context, int value);

    [LibraryImport(Bridge)]
    internal static partial int tb_saved_enter();

    [LibraryImport(Bridge)]
    internal static partial int tb_saved_leave(nint* excluded, int excludedCount, out long bytes);

    // --- in-place ABN

    [LibraryImport(Bridge)]
    internal static partial void tb_abn_reduce_with(delegate* unmanaged<double*, long, int> add);

    // --- TorchScript

    [LibraryImport(Bridge)]
    internal static partial int tb_is_tracing();

    [LibraryImport(Bridge)]
    internal static partial int tb_trace(
        delegate* unmanaged<nint, nint*, int> forward,
        nint* names,
        nint* tensors,
        byte* areParameters,
        int count,
        nint example,
        nint* result
    );

    [LibraryImport(Bridge)]
    internal static partial void tb_traced_release(nint traced);

    [LibraryImport(Bridge, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int tb_traced_save(nint traced, string path);

    [LibraryImport(Bridge)]
    internal static partial nint tb_traced_foreign(nint traced);

    [LibraryImport(Bridge)]
    internal static partial int tb_traced_run(nint traced, nint input, out nint output);

    [LibraryImport(Bridge)]
    internal static partial int tb_has_plans();

    [LibraryImport(Bridge)]
    internal static unsafe partial int tb_plan_new(
        nint traced,
        nint example,
        int bfloat16,
        int* givenUp,
        out nint result
    );

    [LibraryImport(Bridge)]
    internal static partial void tb_plan_release(nint plan);

    [LibraryImport(Bridge)]
    internal static partial int tb_plan_run(nint plan, nint input, out nint output);

    [LibraryImport(Bridge)]
    internal static partial int tb_plan_profile(nint plan, nint input, out nint text);

    [LibraryImport(Bridge, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int tb_jit_compile(string source, out nint result);

    [LibraryImport(Bridge)]
    internal static partial void tb_jit_release(nint unit);

    [LibraryImport(Bridge, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int tb_jit_invoke(
        nint unit,
        string name,
        NativeValue* inputs,
        int inputCount,
        NativeValue* outputs,
        int capacity,
        int* count
    );

    // --- the process

    [LibraryImport(Bridge)]
    internal static partial void tb_set_num_threads(int count);

    [LibraryImport(Bridge)]
    internal static partial int tb_get_num_threads();

    [LibraryImport(Bridge)]
    internal static partial nint tb_version();

    [LibraryImport(Bridge)]
    internal static partial nint tb_build_info();

    [LibraryImport(Bridge)]
    internal static partial int tb_cuda_device_count();

    [LibraryImport(Bridge)]
    internal static partial int tb_has_cudnn();

    [LibraryImport(Bridge)]
    internal static partial int tb_cuda_synchronize(int device);

    [LibraryImport(Bridge)]
    internal static partial int tb_cuda_empty_cache();

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial int tb_grad_enabled();

    [LibraryImport(Bridge)]
    [SuppressGCTransition]
    internal static partial void tb_set_grad_enabled(int enabled);

    [LibraryImport(Bridge)]
    internal static partial nint tb_inference_mode_enter(int enabled);

    [LibraryImport(Bridge)]
    internal static partial void tb_inference_mode_leave(nint guard);

    [LibraryImport(Bridge)]
    internal static partial int tb_autocast_enter(int deviceType, int dtype, out nint scope);

    [LibraryImport(Bridge)]
    internal static partial int tb_autocast_leave(nint scope);

    [LibraryImport(Bridge)]
    internal static partial void tb_release_memory();

    [LibraryImport(Bridge)]
    internal static partial int tb_winograd();

    [LibraryImport(Bridge)]
    internal static partial void tb_set_winograd(int may);

    [LibraryImport(Bridge)]
    internal static partial void tb_memory(out long taken, out long waiting);

    [LibraryImport(Bridge)]
    internal static partial int tb_manual_seed(long seed);

    [LibraryImport(Bridge)]
    internal static partial int tb_generator_new(long seed, out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_generator_default(out nint result);

    [LibraryImport(Bridge)]
    internal static partial int tb_generator_seed(nint generator, long seed);

    [LibraryImport(Bridge)]
    internal static partial long tb_generator_initial_seed(nint generator);

    [LibraryImport(Bridge)]
    internal static partial void tb_generator_release(nint generator);

    /// <summary>The reason of the last failure on this thread: its first line, which is the part for people.</summary>
    internal static string LastError()
    {
        var text = Marshal.PtrToStringUTF8(tb_last_error()) ?? "";
        return text.Split('\n', 2)[0].Trim();
    }

    /// <summary>Throws where a call returned a non-zero status.</summary>
    internal static void Check(int status, string what)
    {
        if (status != 0)
        {
            throw new LibTorchException($"{what}: {LastError()}");
        }
    }
}
