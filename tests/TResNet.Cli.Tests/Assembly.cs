// libtorch uses every core and has one random generator: tests one at a time are faster, and reproducible.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
