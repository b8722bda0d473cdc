// The zip container of PyTorch checkpoints.
#ifndef CTORCH_SERIALIZE_H
#define CTORCH_SERIALIZE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_archive_writer ct_archive_writer;

// Writing: records in order, then finish; without finish the file is left incomplete.
ct_archive_writer *ct_archive_create(const char *path);
int ct_archive_add(ct_archive_writer *writer, const char *name, const void *bytes, int64_t count);
int ct_archive_finish(ct_archive_writer *writer);
void ct_archive_free(ct_archive_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
