/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c - a thread that writes files, so that the loop never waits for a disk. */
#include "common/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "common/event.h"
#include "common/log.h"

enum job_kind {
	JOB_REPLACE = 0,
	JOB_APPEND,
};

struct job {
	struct job *next;
	enum job_kind kind;
	char *path;
	void *data;
	size_t len;
	writer_done_fn done;
	void *userdata;
	int error;
};

struct job_list {
	struct job *first, **last;
	size_t count;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* Under `lock`: */
	struct job_list waiting, finished;
	struct job *current; /* what the thread does now */
	bool ending;
	bool given_up; /* the thread is alone, and frees everything when it ends */
	int event_fd;
	sd_event_source *source;
};

/* ---- files --------------------------------------------------------------------------
 */

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A rename lasts only once the directory itself is on the disk. */
static int
sync_directory_of(const char *path)
{
	char copy[PATH_MAX];
	int fd, r;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

static int
write_temporary(const char *temporary, const void *data, size_t len, int sync)
{
	int fd = open(
	    temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len);
	if (r == 0 && sync && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

int
writer_replace_now(const char *path, const void *data, size_t len, int sync)
{
	char temporary[PATH_MAX];
	int r, n = snprintf(temporary, sizeof(temporary), "%s.new", path);

	if (n < 0 || (size_t)n >= sizeof(temporary))
		return -ENAMETOOLONG;
	r = write_temporary(temporary, data, len, sync);
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlink(temporary);
		return r;
	}
	return sync ? sync_directory_of(path) : 0;
}

static int
append_now(const char *path, const void *line, size_t len)
{
	int fd =
	    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, line, len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

/* ---- jobs ---------------------------------------------------------------------------
 */

static void
list_init(struct job_list *list)
{
	*list = (struct job_list){.last = &list->first};
}

static void
list_push(struct job_list *list, struct job *job)
{
	job->next = NULL;
	*list->last = job;
	list->last = &job->next;
	list->count++;
}

static struct job *
list_pop(struct job_list *list)
{
	struct job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->last = &list->first;
	list->count--;
	return job;
}

static struct job *
job_free(struct job *job)
{
	if (job == NULL)
		return NULL;
	free(job->path);
	free(job->data);
	free(job);
	return NULL;
}

static struct job *
job_new(enum job_kind kind, const char *path, const void *data, size_t len)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	job->kind = kind;
	job->path = strdup(path);
	job->data = malloc(len + 1);
	job->len = len;
	if (job->path == NULL || job->data == NULL)
		return job_free(job);
	memcpy(job->data, data, len);
	return job;
}

static void
job_do(struct job *job)
{
	if (job->kind == JOB_REPLACE)
		job->error = writer_replace_now(job->path, job->data, job->len, 1);
	else
		job->error = append_now(job->path, job->data, job->len);
}

static void
dispose(struct writer *writer)
{
	if (writer->event_fd >= 0)
		(void)close(writer->event_fd);
	(void)pthread_cond_destroy(&writer->wake);
	(void)pthread_mutex_destroy(&writer->lock);
	free(writer);
}

/* ---- the thread ---------------------------------------------------------------------
 */

/* The next job, or NULL when everything is done and the writer is being freed. */
static struct job *
wait_for_job(struct writer *writer)
{
	struct job *job;

	(void)pthread_mutex_lock(&writer->lock);
	while ((job = list_pop(&writer->waiting)) == NULL && !writer->ending)
		(void)pthread_cond_wait(&writer->wake, &writer->lock);
	writer->current = job;
	(void)pthread_mutex_unlock(&writer->lock);
	return job;
}

static void
hand_back(struct writer *writer, struct job *job)
{
	(void)pthread_mutex_lock(&writer->lock);
	writer->current = NULL;
	list_push(&writer->finished, job);
	(void)pthread_mutex_unlock(&writer->lock);
	(void)eventfd_write(writer->event_fd, 1);
}

static void *
run(void *userdata)
{
	struct writer *writer = userdata;
	struct job *job;
	bool given_up;

	while ((job = wait_for_job(writer)) != NULL) {
		job_do(job);
		hand_back(writer, job);
	}
	(void)pthread_mutex_lock(&writer->lock);
	given_up = writer->given_up;
	(void)pthread_mutex_unlock(&writer->lock);
	if (given_up) {
		while ((job = list_pop(&writer->finished)) != NULL)
			job_free(job);
		dispose(writer);
	}
	return NULL;
}

/* Signals are the loop's business. */
static int
start_thread(struct writer *writer)
{
	sigset_t all, old;
	int r;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&writer->thread, NULL, run, writer);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

/* ---- the loop's side ----------------------------------------------------------------
 */

static struct job *
take_finished(struct writer *writer)
{
	struct job *job;

	(void)pthread_mutex_lock(&writer->lock);
	job = list_pop(&writer->finished);
	(void)pthread_mutex_unlock(&writer->lock);
	return job;
}

static void
report_finished(struct writer *writer)
{
	struct job *job;

	while ((job = take_finished(writer)) != NULL) {
		if (job->done != NULL)
			job->done(job->userdata, job->error);
		job_free(job);
	}
}

static int
on_finished(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	eventfd_t count;

	(void)source;
	(void)events;
	(void)eventfd_read(fd, &count);
	report_finished(userdata);
	return 0;
}

static int
attach(sd_event *event, struct writer *writer)
{
	int r;

	writer->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (writer->event_fd < 0)
		return -errno;
	r = sd_event_add_io(
	    event, &writer->source, writer->event_fd, EPOLLIN, on_finished, writer);
	if (r < 0)
		return r;
	(void)sd_event_source_set_description(writer->source, "writer");
	return sd_event_source_set_priority(writer->source, EVENT_PRIORITY_CONTROL);
}

static void
detach(struct writer *writer)
{
	writer->source = sd_event_source_disable_unref(writer->source);
}

int
writer_new(sd_event *event, struct writer **ret)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int r;

	if (writer == NULL)
		return -ENOMEM;
	(void)pthread_mutex_init(&writer->lock, NULL);
	(void)pthread_cond_init(&writer->wake, NULL);
	list_init(&writer->waiting);
	list_init(&writer->finished);
	r = attach(event, writer);
	if (r >= 0)
		r = start_thread(writer);
	if (r < 0) {
		detach(writer);
		dispose(writer);
		return r;
	}
	*ret = writer;
	return 0;
}

/* Asks the thread to end. Returns whether it did. */
static bool
end_thread(struct writer *writer)
{
	struct timespec until;

	(void)pthread_mutex_lock(&writer->lock);
	writer->ending = true;
	(void)pthread_cond_signal(&writer->wake);
	(void)pthread_mutex_unlock(&writer->lock);
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WRITER_LAST_WAIT_S;
	return pthread_clockjoin_np(writer->thread, NULL, CLOCK_MONOTONIC, &until) == 0;
}

/* Takes the waiting jobs, and whom to tell of the one that hangs, which the thread keeps.
 */
static struct job_list
take_lost(struct writer *writer, struct job *ret_hanging)
{
	struct job_list lost;
	struct job *job;

	list_init(&lost);
	(void)pthread_mutex_lock(&writer->lock);
	while ((job = list_pop(&writer->waiting)) != NULL)
		list_push(&lost, job);
	if (writer->current != NULL) {
		*ret_hanging = *writer->current;
		writer->current->done = NULL;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return lost;
}

/* What was not written is reported so; the thread is left to its disk, with all that it
 * may still touch. */
static void
give_up(struct writer *writer)
{
	struct job hanging = {0};
	struct job_list lost = take_lost(writer, &hanging);
	struct job *job;

	log_err("a disk does not answer: %zu files or lines are not written",
	    lost.count + 1);
	report_finished(writer);
	if (hanging.done != NULL)
		hanging.done(hanging.userdata, -ETIMEDOUT);
	while ((job = list_pop(&lost)) != NULL) {
		if (job->done != NULL)
			job->done(job->userdata, -ETIMEDOUT);
		job_free(job);
	}
	detach(writer);
	(void)pthread_detach(writer->thread);
	(void)pthread_mutex_lock(&writer->lock);
	while ((job = list_pop(&writer->waiting)) != NULL)
		job_free(job);
	writer->given_up = true;
	(void)pthread_mutex_unlock(&writer->lock);
}

struct writer *
writer_free(struct writer *writer)
{
	struct job *job;

	if (writer == NULL)
		return NULL;
	if (!end_thread(writer)) {
		give_up(writer);
		return NULL;
	}
	report_finished(writer);
	/* Who was told of an outcome may have had more to write. */
	while ((job = list_pop(&writer->waiting)) != NULL) {
		job_do(job);
		list_push(&writer->finished, job);
		report_finished(writer);
	}
	detach(writer);
	dispose(writer);
	return NULL;
}

static int
queue(struct writer *writer, struct job *job, writer_done_fn done, void *userdata)
{
	bool full;

	if (job == NULL)
		return -ENOMEM;
	job->done = done;
	job->userdata = userdata;
	(void)pthread_mutex_lock(&writer->lock);
	full = writer->waiting.count >= WRITER_QUEUE_MAX;
	if (!full) {
		list_push(&writer->waiting, job);
		(void)pthread_cond_signal(&writer->wake);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	if (full)
		job_free(job);
	return full ? -ENOBUFS : 0;
}

int
writer_replace(struct writer *writer, const char *path, const void *data, size_t len,
    writer_done_fn done, void *userdata)
{
	return queue(writer, job_new(JOB_REPLACE, path, data, len), done, userdata);
}

int
writer_append(struct writer *writer, const char *path, const void *line, size_t len,
    writer_done_fn done, void *userdata)
{
	return queue(writer, job_new(JOB_APPEND, path, line, len), done, userdata);
}
