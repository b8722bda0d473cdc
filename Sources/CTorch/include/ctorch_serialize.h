// The zip container of PyTorch checkpoints.
#ifndef CTORCH_SERIALIZE_H
#define CTORCH_SERIALIZE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_archive_reader ct_archive_reader;
typedef struct ct_archive_writer ct_archive_writer;

// Reading: an archive in memory, which stays the caller's and must outlive the reader.
ct_archive_reader *ct_archive_open(const void *bytes, int64_t count);
void ct_archive_close(ct_archive_reader *reader);
bool ct_archive_has_record(ct_archive_reader *reader, const char *name);
int ct_archive_find(ct_archive_reader *reader, const char *name, int64_t *offset, int64_t *count);  // where in the archive's bytes

// Writing: records in order, then finish; without finish the file is left incomplete.
ct_archive_writer *ct_archive_create(const char *path);
int ct_archive_add(ct_archive_writer *writer, const char *name, const void *bytes, int64_t count);
int ct_archive_finish(ct_archive_writer *writer);
void ct_archive_free(ct_archive_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
