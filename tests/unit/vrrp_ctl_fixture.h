/* SPDX-License-Identifier: Apache-2.0 */
/* vrrp_ctl_fixture.h - vrrpd's control plane with its real socket, files and loop, and
 * virtual routers that do what the test says. */
#ifndef TESTS_UNIT_VRRP_CTL_FIXTURE_H
#define TESTS_UNIT_VRRP_CTL_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include "tests/unit/ctl_talk.h"
#include "vrrpd/engine.h"

/* VI_1 is MASTER, VI_2 BACKUP of 192.0.2.12 with priority 150; both have priority 100.
 */
struct vrrp_ctl_fake {
	struct engine engine;
	struct vrrp_conf conf;
	struct vrrp_instance_conf instances[2];
	struct vrouter routers[2];
	struct vrouter_move moves[2]; /* of routers, in their order */
	struct vrouter *list[2];
	unsigned updates; /* calls of vrouter_update_params() */
	int move_result;  /* what vrouter_move_start() returns */
	unsigned move_us; /* how long it takes */
	int reload_result;
	unsigned announced;
	unsigned flushes;
};

extern struct vrrp_ctl_fake fake;

/* Around each case. */
int setup(void **state);
int teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A restart of the daemon is both, the end first. */
void open_engine(void);
void close_engine(void);

/* VI_2 is MASTER too. */
void make_both_masters(void);

/* Runs the loop until a move has begun. */
void turn_until(const enum vrouter_move_kind *kind);

/* As when the router has just heard another Master. */
void become_backup_of(struct vrouter *vr, const char *master, uint8_t priority);

/* The end of a move, told as vrouter.h promises. */
void end_move(struct vrouter *vr, enum vrouter_move_result result);

/* What decides the priority of the object at `path`, or -1: the file does. */
int64_t priority_of(const char *path);

/* The file of live edits. */
void overrides_path(char buf[128]);

struct addr an_address(const char *text);

/* A member that is a text; "" when there is none. */
const char *text_of(const json_t *object, const char *name);

/* Fails the test unless these are the types of the events since the start, without
 * those of routers; NULL ends them. */
void assert_events(const char *const types[]);

/* Parameters of apply. */
#define SET_150 \
	"{\"changes\":[{\"path\":\"instance/VI_1\",\"set\":{\"priority\":150}}]}"

#endif
