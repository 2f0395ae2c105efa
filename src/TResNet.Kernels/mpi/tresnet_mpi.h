/* Several processes that train one network: the few calls of MPI that TResNet makes, as functions whose types do not depend on whose MPI it is. All
   of it is compiled against the mpi.h that is there, so that either ABI works (Open MPI's handles are pointers, MPICH's are numbers).
   Every function gives 0, or a code, MPI's or ours, that tresnet_mpi_error explains. Any thread may call any of them. */
#ifndef TRESNET_MPI_H
#define TRESNET_MPI_H

#include <stdint.h>

#define TRESNET_MPI_API __attribute__((visibility("default")))
#define TRESNET_MPI_VERSION 2

/* No code of MPI's: it has fewer threads than MPI_THREAD_SERIALIZED. */
#define TRESNET_MPI_NO_THREADS (-1)

/* Collectives of one channel are started in the same order by all processes; those of different channels go their own ways. */
enum tresnet_mpi_channel { TRESNET_MPI_CONTROL, TRESNET_MPI_GRADIENTS, TRESNET_MPI_STATISTICS, TRESNET_MPI_CHANNELS };
enum tresnet_mpi_type { TRESNET_MPI_FLOAT, TRESNET_MPI_DOUBLE };
enum tresnet_mpi_operation { TRESNET_MPI_SUM, TRESNET_MPI_MAX };

TRESNET_MPI_API int tresnet_mpi_version(void);
/* Joins the others, with threads: MPI_THREAD_MULTIPLE where it is there, MPI_THREAD_SERIALIZED with a lock of our own otherwise. Once a process. */
TRESNET_MPI_API int tresnet_mpi_init(int32_t *rank, int32_t *size);
/* Which of its machine's processes this one is, how many they are, and what part of the processors that it may run on is its own: a processor counts for
   each of the processes that may run on it by its share. All call it. */
TRESNET_MPI_API int tresnet_mpi_machine(int32_t *rank, int32_t *size, double *share);
/* What the library calls itself; also before the start. */
TRESNET_MPI_API int tresnet_mpi_library(char *name, int32_t bytes);
TRESNET_MPI_API int tresnet_mpi_error(int code, char *message, int32_t bytes);

/* Starts to put the sum, or the greatest, of all processes' values in the place of each; *request is for wait, which one thread calls. */
TRESNET_MPI_API int tresnet_mpi_allreduce(int channel, void *values, int64_t count, int type, int operation, void **request);
/* Waits until it is done, with sleeps between, so that processes that share a processor do not take it from each other. */
TRESNET_MPI_API int tresnet_mpi_wait(void **request);
/* Moves on all that is under way, and sleeps for a twentieth of a millisecond: for a thread that does nothing else while others compute. */
TRESNET_MPI_API int tresnet_mpi_progress(void);
/* Gives all processes the bytes that one of them has. */
TRESNET_MPI_API int tresnet_mpi_broadcast(void *values, int64_t bytes, int32_t root);
/* Puts so many bytes of each process one behind the other, in the order of their ranks, on all of them. */
TRESNET_MPI_API int tresnet_mpi_allgather(const void *own, int64_t bytes, void *all);
TRESNET_MPI_API int tresnet_mpi_barrier(void);
/* Ends all processes. */
TRESNET_MPI_API int tresnet_mpi_abort(int32_t code);
TRESNET_MPI_API int tresnet_mpi_finalize(void);

#endif
