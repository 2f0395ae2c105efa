// libtorch's random generator and its counts of tensors are the whole process's, and its operators use all cores already.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
