/* SPDX-License-Identifier: Apache-2.0 */
/* runstate.c - the roles held, in a file that outlives the process.
 *
 * The file is a table with open addressing: a header, then `capacity` records. It never
 * grows in place: a larger one is made beside it and takes its name, so that at every
 * moment there is one that is whole. Nothing of what is read is believed unchecked; a
 * record that makes no sense is no record.
 */
#include "vrrpd/runstate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/clock.h"

#define FILE_NAME "state"
#define NEW_NAME "state.new"
#define MAGIC "HAVEN\0RS"
#define VERSION 1
#define CAPACITY_MIN 64
#define CAPACITY_MAX (1U << 20)
#define BOOT_ID_SIZE 40

enum { SLOT_FREE = 0, SLOT_USED = 1, SLOT_FORGOTTEN = 2 };

/* Whether the process came to its end; a file of an earlier release says neither. */
enum life { LIFE_UNKNOWN = 0, LIFE_RUNNING = 1, LIFE_ENDED = 2 };

struct header {
	char magic[8];
	uint32_t version;
	uint32_t record_size;
	uint32_t capacity; /* a power of two */
	uint32_t life;     /* enum life of the process it belongs to */
	char boot_id[BOOT_ID_SIZE];
};

struct file {
	struct header header;
	struct runstate_record records[];
};

struct runstate {
	char *dir;
	struct file *file;
	char boot_id[BOOT_ID_SIZE];
	bool after_kill; /* the process before us did not end by itself */
};

/* ---- records ---------------------------------------------------------------- */

static bool
is_valid(const struct runstate_record *record, int64_t now_us)
{
	return record->used == SLOT_USED && record->ifname[0] != '\0' &&
	       memchr(record->ifname, '\0', sizeof(record->ifname)) != NULL &&
	       (record->family == AF_INET || record->family == AF_INET6) &&
	       record->vrid != 0 && record->master_since_us >= 0 &&
	       record->master_since_us <= now_us && record->last_advert_us >= 0 &&
	       record->last_advert_us <= now_us;
}

/* FNV-1a over what tells one virtual router from another. */
static uint32_t
hash(const char *ifname, sa_family_t family, uint8_t vrid)
{
	uint32_t h = 2166136261U;

	for (const char *c = ifname; *c != '\0'; c++)
		h = (h ^ (uint8_t)*c) * 16777619U;
	h = (h ^ family) * 16777619U;
	return (h ^ vrid) * 16777619U;
}

static bool
is_of(const struct runstate_record *record, const char *ifname, sa_family_t family,
    uint8_t vrid)
{
	return record->vrid == vrid && record->family == family &&
	       strncmp(record->ifname, ifname, sizeof(record->ifname)) == 0;
}

/* The record of that virtual router, else the first place for it, else NULL. */
static struct runstate_record *
find_place(struct file *file, const char *ifname, sa_family_t family, uint8_t vrid)
{
	uint32_t mask = file->header.capacity - 1;
	uint32_t start = hash(ifname, family, vrid);
	struct runstate_record *place = NULL;

	for (uint32_t i = 0; i <= mask; i++) {
		struct runstate_record *record = &file->records[(start + i) & mask];

		if (record->used == SLOT_USED && is_of(record, ifname, family, vrid))
			return record;
		if (place == NULL && record->used != SLOT_USED)
			place = record;
		if (record->used == SLOT_FREE)
			break;
	}
	return place;
}

/* The mark goes in last: a process killed before that leaves a free place. */
static void
mark_used(struct runstate_record *record)
{
	__atomic_store_n(&record->used, SLOT_USED, __ATOMIC_RELEASE);
}

struct runstate_record *
runstate_get(
    struct runstate *state, const char *ifname, sa_family_t family, uint8_t vrid)
{
	struct runstate_record *record = find_place(state->file, ifname, family, vrid);

	if (record == NULL || record->used == SLOT_USED)
		return record;
	memset(record, 0, sizeof(*record));
	(void)snprintf(record->ifname, sizeof(record->ifname), "%s", ifname);
	record->family = (uint8_t)family;
	record->vrid = vrid;
	mark_used(record);
	return record;
}

void
runstate_forget(struct runstate_record *record)
{
	__atomic_store_n(&record->used, SLOT_FORGOTTEN, __ATOMIC_RELEASE);
}

/* ---- the file --------------------------------------------------------------- */

static size_t
file_size(uint32_t capacity)
{
	return sizeof(struct file) + capacity * sizeof(struct runstate_record);
}

static size_t
mapped_size(const struct file *file)
{
	return file_size(file->header.capacity);
}

static void
unmap(struct file *file)
{
	if (file != NULL)
		(void)munmap(file, mapped_size(file));
}

static int
read_boot_id(char id[BOOT_ID_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	memset(id, 0, BOOT_ID_SIZE);
	len = read(fd, id, BOOT_ID_SIZE - 1);
	(void)close(fd);
	return len > 0 ? 0 : -EIO;
}

static bool
is_header_valid(const struct header *header, const char *boot_id)
{
	uint32_t capacity = header->capacity;

	return memcmp(header->magic, MAGIC, sizeof(header->magic)) == 0 &&
	       header->version == VERSION &&
	       header->record_size == sizeof(struct runstate_record) &&
	       capacity >= CAPACITY_MIN && capacity <= CAPACITY_MAX &&
	       (capacity & (capacity - 1)) == 0 &&
	       memcmp(header->boot_id, boot_id, BOOT_ID_SIZE) == 0;
}

/* Reads the file into memory of our own: only a new one is ever mapped, so nobody can
 * cut short what we stand on. Returns NULL when there is none that can be used. */
static struct file *
read_old(const char *path, const char *boot_id)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct header header;
	struct file *old = NULL;

	if (fd < 0)
		return NULL;
	if (pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	    is_header_valid(&header, boot_id))
		old = malloc(file_size(header.capacity));
	if (old != NULL && pread(fd, old, file_size(header.capacity), 0) !=
			       (ssize_t)file_size(header.capacity)) {
		free(old);
		old = NULL;
	}
	(void)close(fd);
	return old;
}

/* Opens a new file of that size. The memory is taken now: a full tmpfs must not be met
 * as SIGBUS later. Returns a descriptor or a negative errno. */
static int
make_file(const char *path, size_t size)
{
	int fd, r;

	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = posix_fallocate(fd, 0, (off_t)size);
	if (r == 0)
		return fd;
	(void)close(fd);
	return -r;
}

/* Maps a new file of zeros. Returns NULL with errno set when that fails. */
static struct file *
map_new(const char *path, uint32_t capacity)
{
	size_t size = file_size(capacity);
	int fd = make_file(path, size);
	void *file;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	return file == MAP_FAILED ? NULL : file;
}

static void
write_header(struct header *header, uint32_t capacity, const char *boot_id)
{
	*header = (struct header){
	    .version = VERSION,
	    .record_size = sizeof(struct runstate_record),
	    .capacity = capacity,
	    .life = LIFE_RUNNING,
	};
	memcpy(header->magic, MAGIC, sizeof(header->magic));
	memcpy(header->boot_id, boot_id, BOOT_ID_SIZE);
}

static size_t
count_valid(const struct file *file, int64_t now_us)
{
	size_t count = 0;

	for (uint32_t i = 0; file != NULL && i < file->header.capacity; i++)
		count += is_valid(&file->records[i], now_us);
	return count;
}

static void
copy_valid(struct file *to, const struct file *from, int64_t now_us)
{
	for (uint32_t i = 0; from != NULL && i < from->header.capacity; i++) {
		const struct runstate_record *old = &from->records[i];
		struct runstate_record *record;

		if (!is_valid(old, now_us))
			continue;
		record = find_place(to, old->ifname, old->family, old->vrid);
		if (record != NULL)
			*record = *old;
	}
}

/* Half of the places stay free, so that a search ends soon. */
static int
choose_capacity(size_t records, uint32_t *ret)
{
	uint32_t capacity = CAPACITY_MIN;

	while (capacity < CAPACITY_MAX && capacity / 2 < records)
		capacity *= 2;
	if (capacity / 2 < records)
		return -E2BIG;
	*ret = capacity;
	return 0;
}

/* Makes a file with the records of `old` (may be NULL) and room for more, and gives it
 * the name. */
static int
replace(struct runstate *state, const struct file *old, size_t room)
{
	char path[4096], new_path[4096];
	int64_t now_us = clock_now_us();
	struct file *file;
	uint32_t capacity;
	int r = choose_capacity(room + count_valid(old, now_us), &capacity);

	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME, state->dir);
	(void)snprintf(new_path, sizeof(new_path), "%s/" NEW_NAME, state->dir);
	file = map_new(new_path, capacity);
	if (file == NULL)
		return -errno;
	write_header(&file->header, capacity, state->boot_id);
	copy_valid(file, old, now_us);
	if (rename(new_path, path) < 0) {
		r = -errno;
		unmap(file);
		return r;
	}
	unmap(state->file);
	state->file = file;
	return 0;
}

/* ---- life ------------------------------------------------------------------- */

int
runstate_open(const char *dir, size_t room, struct runstate **ret)
{
	struct runstate *state = calloc(1, sizeof(*state));
	char path[4096];
	struct file *old;
	int r;

	if (state == NULL)
		return -ENOMEM;
	state->dir = strdup(dir);
	r = state->dir == NULL ? -ENOMEM : read_boot_id(state->boot_id);
	if (r == 0 && snprintf(path, sizeof(path), "%s/" NEW_NAME, dir) >= 4096)
		r = -ENAMETOOLONG;
	if (r < 0) {
		runstate_close(state);
		return r;
	}
	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME, dir);
	old = read_old(path, state->boot_id);
	state->after_kill = old != NULL && old->header.life == LIFE_RUNNING;
	r = replace(state, old, room);
	free(old);
	if (r < 0)
		runstate_close(state);
	else
		*ret = state;
	return r;
}

bool
runstate_is_after_kill(const struct runstate *state)
{
	return state->after_kill;
}

void
runstate_end(struct runstate *state)
{
	if (state != NULL)
		__atomic_store_n(
		    &state->file->header.life, LIFE_ENDED, __ATOMIC_RELEASE);
}

struct runstate *
runstate_close(struct runstate *state)
{
	if (state == NULL)
		return NULL;
	unmap(state->file);
	free(state->dir);
	free(state);
	return NULL;
}

int
runstate_resize(struct runstate *state, size_t room)
{
	uint32_t capacity;
	int r = choose_capacity(room, &capacity);

	if (r < 0 || capacity <= state->file->header.capacity)
		return r;
	return replace(state, state->file, room);
}
