// The seed of libtorch's generator and the count of live tensors belong to the whole process: tests that look at them
// cannot run beside others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
