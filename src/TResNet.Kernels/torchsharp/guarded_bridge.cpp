// TorchSharp's bridge to libtorch (libLibTorchSharp.so 0.107.0) with two faults of it kept from whoever uses TorchSharp:
// - Some of its functions let libtorch's exceptions through, which nothing above them can catch: a.matmul(b) of shapes that do not fit ended the
//   process. Here they end as those of all its other functions do, and TorchSharp throws what it then finds in THSTorch_get_and_reset_last_err.
// - A number that an operator is given becomes a Scalar, which TorchSharp does not hold while libtorch reads it: a collection in between freed it.
//   Here what is freed stays for a second.
// TorchSharp looks each function up by its name in the handle that it is given: those of this library come first, and the rest is found in
// libLibTorchSharp.so, which this library needs.
#include <dlfcn.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

using Clock = std::chrono::steady_clock;

thread_local char* last_error = nullptr;

// Loaded before this library was, from whatever file: its SONAME matches.
void* of_bridge(const char* name) {
    static void* const bridge = dlopen("libLibTorchSharp.so", RTLD_LAZY | RTLD_NOLOAD);
    return bridge == nullptr ? nullptr : dlsym(bridge, name);
}

template <typename Function>
Function* original(const char* name) {
    return reinterpret_cast<Function*>(of_bridge(name));
}

struct Freed {
    void* scalar;
    Clock::time_point at;
};

// Never destroyed: finalizers may run until the very end.
struct Waiting {
    std::mutex gate;
    std::deque<Freed> freed;
};

Waiting& waiting() {
    static auto* const all = new Waiting;
    return *all;
}

}  // namespace

using Allocator = void** (*)(size_t);

// Those whose callers in TorchSharp look for an error afterwards. Numbers out of a Scalar that do not fit their type (THSTorch_scalar_to_int32) are not
// among them: nobody would look, and the error would be another call's.
#define FUNCTIONS(EACH)                                                                                                  \
    EACH(void*, THSTensor_matmul, (void* left, void* right), (left, right))                                              \
    EACH(void, THSTensor_cummax, (void* tensor, Allocator allocator, int64_t dim), (tensor, allocator, dim))             \
    EACH(void, THSTensor_cummin, (void* tensor, Allocator allocator, int64_t dim), (tensor, allocator, dim))             \
    EACH(void, THSAutograd_grad,                                                                                         \
        (void* outputs, int64_t output_count, void* inputs, int64_t input_count, void* gradients, int64_t gradient_count, \
         bool retain_graph, bool create_graph, bool allow_unused, Allocator allocator),                                  \
        (outputs, output_count, inputs, input_count, gradients, gradient_count, retain_graph, create_graph, allow_unused, \
         allocator))                                                                                                     \
    EACH(void, THSGenerator_set_rng_state, (void* generator, void* tensor), (generator, tensor))                         \
    EACH(void, THSTorch_set_num_threads, (int threads), (threads))                                                       \
    EACH(void, THSTorch_set_num_interop_threads, (int threads), (threads))

#define GUARDED(result, name, parameters, arguments)                      \
    EXPORTED result name parameters {                                     \
        using Result = result;                                            \
        static auto* const call = original<result parameters>(#name);     \
        try {                                                             \
            return call arguments;                                        \
        } catch (const std::exception& error) {                           \
            last_error = strdup(error.what());                            \
            return Result();                                              \
        }                                                                 \
    }

FUNCTIONS(GUARDED)

// As the bridge's own, the text belongs to who asks.
EXPORTED const char* THSTorch_get_and_reset_last_err() {
    static auto* const call = original<const char*()>("THSTorch_get_and_reset_last_err");
    if (last_error == nullptr) return call();
    const char* text = last_error;
    last_error = nullptr;
    return text;
}

EXPORTED void THSTorch_dispose_scalar(void* scalar) {
    static auto* const call = original<void(void*)>("THSTorch_dispose_scalar");
    const auto now = Clock::now();
    auto& all = waiting();
    const std::lock_guard<std::mutex> held(all.gate);
    all.freed.push_back({scalar, now});
    while (now - all.freed.front().at > std::chrono::seconds(1)) {
        call(all.freed.front().scalar);
        all.freed.pop_front();
    }
}

// Whether the bridge has all of them, which another version may not.
EXPORTED bool tresnet_bridge_fits() {
#define NAME(result, name, parameters, arguments) #name,
    for (const char* name : {FUNCTIONS(NAME) "THSTorch_get_and_reset_last_err", "THSTorch_dispose_scalar"}) {
        if (of_bridge(name) == nullptr) return false;
    }
    return true;
}
