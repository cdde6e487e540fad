/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - a thread that writes files, so that the loop never waits for a disk.
 *
 * fsync(2) can block for seconds on a busy disk, longer than a Master may be silent. Jobs
 * are queued by the loop, done by one thread in order, and their outcome comes back into
 * the loop through an eventfd.
 */
#ifndef COMMON_WRITER_H
#define COMMON_WRITER_H

#include <stddef.h>
#include <systemd/sd-event.h>

#define WRITER_QUEUE_MAX 1024
#define WRITER_LAST_WAIT_S 2

struct writer;

/* Called in the loop with 0 or a negative errno. */
typedef void (*writer_done_fn)(void *userdata, int error);

/* Starts the thread. Call after every fork(2) and after privileges were dropped. Returns 0
 * or a negative errno. */
int writer_new(sd_event *event, struct writer **ret);

/* Does what is queued, waits for the thread and calls what is due. A disk that hangs is
 * waited for WRITER_LAST_WAIT_S; then what is left has the outcome -ETIMEDOUT, and the
 * thread is left behind, to end with the process. NULL is allowed. Returns NULL. */
struct writer *writer_free(struct writer *writer);

/* Replaces the file `path` by `len` bytes: temporary file beside it (mode 0600), fsync,
 * rename, fsync of the directory. After a crash at any point the file is the old or the
 * new one, never part of one. `done` may be NULL. Returns 0, -ENOBUFS when the queue is
 * full, or -ENOMEM; `done` is then not called. */
int writer_replace(struct writer *writer, const char *path, const void *data, size_t len,
    writer_done_fn done, void *userdata);

/* Appends one line (newline included by the caller) to `path`, made with mode 0640 when
 * it is not there. Same returns. */
int writer_append(struct writer *writer, const char *path, const void *line, size_t len,
    writer_done_fn done, void *userdata);

/* The same as writer_replace(), at once and in the caller's thread: for files in a tmpfs.
 * `sync` asks for fsync. Returns 0 or a negative errno. */
int writer_replace_now(const char *path, const void *data, size_t len, int sync);

#endif
