#define _GNU_SOURCE
#include "tresnet_mpi.h"

#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Counts of MPI 3 are ints: larger pieces go in several. */
static const int64_t most = 1 << 30;

static MPI_Comm channels[TRESNET_MPI_CHANNELS];
static int is_multiple;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* A call of MPI, alone where the library does not take several at a time. */
#define CALL(code, call)                         \
  do {                                           \
    if (!is_multiple) pthread_mutex_lock(&gate); \
    code = call;                                 \
    if (!is_multiple) pthread_mutex_unlock(&gate); \
  } while (0)

int tresnet_mpi_version(void) { return TRESNET_MPI_VERSION; }

/* Errors are ours to tell; otherwise MPI ends all processes in words of its own. */
static int dup_world(MPI_Comm *channel) {
  int code = MPI_Comm_dup(MPI_COMM_WORLD, channel);
  return code == MPI_SUCCESS ? MPI_Comm_set_errhandler(*channel, MPI_ERRORS_RETURN) : code;
}

int tresnet_mpi_init(int32_t *rank, int32_t *size) {
  int provided = 0, own = 0, all = 0;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (code != MPI_SUCCESS) return code;
  if (provided < MPI_THREAD_SERIALIZED) return TRESNET_MPI_NO_THREADS;
  is_multiple = provided == MPI_THREAD_MULTIPLE;
  for (int i = 0; i < TRESNET_MPI_CHANNELS && code == MPI_SUCCESS; i++) code = dup_world(&channels[i]);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(MPI_COMM_WORLD, &own);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(MPI_COMM_WORLD, &all);
  *rank = own;
  *size = all;
  return code;
}

/* Whom mpirun has bound to processors of its own has those; others share what they may all run on. */
static double share_of_processors(const int *processes, const cpu_set_t *mask) {
  double share = 0;
  int count = 0;
  for (int i = 0; i < CPU_SETSIZE; i++) {
    if (!CPU_ISSET(i, mask)) continue;
    share += 1.0 / processes[i];
    count++;
  }
  return share / count;
}

int tresnet_mpi_machine(int32_t *rank, int32_t *size, double *share) {
  MPI_Comm machine;
  int own = 0, all = 1, processes[CPU_SETSIZE];
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  if (code != MPI_SUCCESS) return code;
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0 || CPU_COUNT(&mask) == 0) memset(&mask, 0xff, sizeof mask);
  for (int i = 0; i < CPU_SETSIZE; i++) processes[i] = CPU_ISSET(i, &mask) ? 1 : 0;
  code = MPI_Comm_rank(machine, &own);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(machine, &all);
  if (code == MPI_SUCCESS) code = MPI_Allreduce(MPI_IN_PLACE, processes, CPU_SETSIZE, MPI_INT, MPI_SUM, machine);
  if (code != MPI_SUCCESS) return code;
  *rank = own;
  *size = all;
  *share = share_of_processors(processes, &mask);
  return MPI_Comm_free(&machine);
}

static void copy(char *to, int32_t bytes, const char *from) {
  if (bytes <= 0) return;
  size_t length = strlen(from);
  if (length > (size_t)bytes - 1) length = (size_t)bytes - 1;
  memcpy(to, from, length);
  to[length] = 0;
}

int tresnet_mpi_library(char *name, int32_t bytes) {
  char whole[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length, code;
  CALL(code, MPI_Get_library_version(whole, &length));
  copy(name, bytes, whole);
  return code;
}

int tresnet_mpi_error(int error, char *message, int32_t bytes) {
  char whole[MPI_MAX_ERROR_STRING] = "";
  int length, code;
  if (error == TRESNET_MPI_NO_THREADS) {
    copy(message, bytes, "this MPI allows no second thread to call it, which gradients go their way on; load one that was built with MPI_THREAD_SERIALIZED at least.");
    return MPI_SUCCESS;
  }
  CALL(code, MPI_Error_string(error, whole, &length));
  copy(message, bytes, whole);
  return code;
}

static MPI_Datatype type_of(int type) {
  return type == TRESNET_MPI_FLOAT ? MPI_FLOAT : MPI_DOUBLE;
}

/* MPI_Request is a number in one ABI and a pointer in the other, so it lies in memory of its own. */
static int started(int code, MPI_Request *request, void **result) {
  if (code != MPI_SUCCESS) {
    free(request);
    request = NULL;
  }
  *result = request;
  return code;
}

int tresnet_mpi_allreduce(int channel, void *values, int64_t count, int type, int operation, void **result) {
  *result = NULL;
  if (channel < 0 || channel >= TRESNET_MPI_CHANNELS || count < 0 || count > most) return MPI_ERR_COUNT;
  MPI_Request *request = malloc(sizeof *request);
  if (request == NULL) return MPI_ERR_NO_MEM;
  int code;
  CALL(code, MPI_Iallreduce(
                 MPI_IN_PLACE, values, (int)count, type_of(type), operation == TRESNET_MPI_MAX ? MPI_MAX : MPI_SUM, channels[channel], request));
  return started(code, request, result);
}

/* Whether it is done; where it is, *request is gone and null. */
static int test(void **request, int32_t *done) {
  *done = 1;
  if (*request == NULL) return MPI_SUCCESS;
  int flag = 0, code;
  CALL(code, MPI_Test(*request, &flag, MPI_STATUS_IGNORE));
  *done = flag || code != MPI_SUCCESS;
  if (*done) {
    free(*request);
    *request = NULL;
  }
  return code;
}

int tresnet_mpi_wait(void **request) {
  /* Two processes of one machine answer within the first of these; over a network a fiftieth of a millisecond is little beside what is sent. */
  const int quick = 200;
  const struct timespec nap = {0, 20000};
  for (int i = 0;; i++) {
    int32_t done;
    int code = test(request, &done);
    if (done) return code;
    if (i < quick) sched_yield();
    else nanosleep(&nap, NULL);
  }
}

int tresnet_mpi_progress(void) {
  const struct timespec nap = {0, 50000};
  int flag, code;
  CALL(code, MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, channels[TRESNET_MPI_CONTROL], &flag, MPI_STATUS_IGNORE));
  nanosleep(&nap, NULL);
  return code;
}

static int finish(int code, MPI_Request *request) {
  void *waited;
  code = started(code, request, &waited);
  return code == MPI_SUCCESS ? tresnet_mpi_wait(&waited) : code;
}

int tresnet_mpi_broadcast(void *values, int64_t bytes, int32_t root) {
  int code = MPI_SUCCESS;
  for (int64_t at = 0; at < bytes && code == MPI_SUCCESS; at += most) {
    MPI_Request *request = malloc(sizeof *request);
    if (request == NULL) return MPI_ERR_NO_MEM;
    int piece = (int)(bytes - at < most ? bytes - at : most);
    CALL(code, MPI_Ibcast((char *)values + at, piece, MPI_BYTE, root, channels[TRESNET_MPI_CONTROL], request));
    code = finish(code, request);
  }
  return code;
}

int tresnet_mpi_allgather(const void *own, int64_t bytes, void *all) {
  if (bytes < 0 || bytes > most) return MPI_ERR_COUNT;
  MPI_Request *request = malloc(sizeof *request);
  if (request == NULL) return MPI_ERR_NO_MEM;
  int code;
  CALL(code, MPI_Iallgather(own, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, channels[TRESNET_MPI_CONTROL], request));
  return finish(code, request);
}

int tresnet_mpi_barrier(void) {
  MPI_Request *request = malloc(sizeof *request);
  if (request == NULL) return MPI_ERR_NO_MEM;
  int code;
  CALL(code, MPI_Ibarrier(channels[TRESNET_MPI_CONTROL], request));
  return finish(code, request);
}

int tresnet_mpi_abort(int32_t code) { return MPI_Abort(MPI_COMM_WORLD, code); }

int tresnet_mpi_finalize(void) {
  int done = 0, code = MPI_Finalized(&done);
  if (code != MPI_SUCCESS || done) return code;
  CALL(code, MPI_Finalize());
  return code;
}
