/* SPDX-License-Identifier: Apache-2.0 */
/* helper_wire.h - what a daemon and its helper say to each other over a SOCK_SEQPACKET
 * pair: one struct a message, both ends of one build. */
#ifndef COMMON_HELPER_WIRE_H
#define COMMON_HELPER_WIRE_H

#include <stdint.h>
#include "common/helper.h"

enum helper_request_kind {
	/* Comes with the socket (SCM_RIGHTS) to send a struct helper_answer to. */
	HELPER_LOAD_CONFIG = 1,
	/* Comes with the descriptor to write a struct helper_groups to. */
	HELPER_FIND_GROUPS,
	HELPER_FIND_GROUPS_ONLY, /* the same; the socket is somebody else's */
	/* Comes with the descriptor to write the findings to. */
	HELPER_TEST_CONFIG,
	HELPER_TEST_CONFIG_REDACTED,
	HELPER_DISMISS_RELEASED, /* nothing is left behind: go */
	HELPER_DISMISS_KEPT,     /* a successor is expected: stand guard for it */
};

struct helper_request {
	uint32_t kind; /* enum helper_request_kind */
};

/* The answer to HELPER_LOAD_CONFIG. Two memfds come with it (SCM_RIGHTS): the findings,
 * always; before them the text, when `error` is 0. */
struct helper_answer {
	int32_t error; /* 0 or a negative errno */
};

#define HELPER_ANSWER_FDS 2

/* A pipe or a device, from which a daemon may well have been started, has nothing more to
 * say, or keeps a reader waiting. Returns 0, or -EINVAL and a finding. */
int helper_check_file(const char *path, struct conf_diags *diags);

/* The process of one reading: answers to `fd` and ends. */
void helper_load_run(const struct helper_duties *duties, int fd)
    __attribute__((noreturn));

/* The process of one lookup: answers to `fd` and ends. */
void helper_groups_run(const struct helper_duties *duties, bool gives_socket, int fd)
    __attribute__((noreturn));

/* The process of one test: answers to `fd` and ends. */
void helper_test_run(const struct helper_duties *duties, bool redacted, int fd)
    __attribute__((noreturn));

/* The child's side: serves `fd` until the daemon is gone, then does its last duty. */
void helper_child_run(const struct helper_duties *duties, int fd, pid_t daemon)
    __attribute__((noreturn));

#endif
