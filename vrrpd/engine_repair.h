/* SPDX-License-Identifier: Apache-2.0 */
/* engine_repair.h - compares the addresses with the kernel when an operator asks, and
 * puts them right. */
#ifndef VRRPD_ENGINE_REPAIR_H
#define VRRPD_ENGINE_REPAIR_H

#include <jansson.h>
#include <stdbool.h>

struct engine;

/* What was found, taken over; or a negative errno: -ECANCELED when the engine stops,
 * -ETIMEDOUT when the comparison took too long for anything to be put right. */
typedef void (*engine_repaired_fn)(void *userdata, int error, json_t *told);

/* Begins. Once everything is compared and what differed is put right, or after four
 * seconds, `done` gets
 *
 *     {"compared": N, "counts": {"put_back", ...}, "put_back": [{"path", "address"}],
 *      "put_back_before": [{"path", "ago_ms"}],
 *      "corrected": [{"path", "address", "what"}], "foreign": [{"path", "address"}],
 *      "removed_stray": [{"interface", "address"}], "failed": [{"path", "address"}],
 *      "pending": [...], "took_ms": T}
 *
 * with no more than 50 in a list. In a dry run nothing is changed, and the lists have
 * what would be. An address that a reload makes wanted meanwhile is not in them.
 * Returns 0, -EBUSY when one is under way, or a negative errno. */
int engine_repair(
    struct engine *engine, bool dry_run, engine_repaired_fn done, void *userdata);

/* Ends one that is under way. */
void engine_repair_cancel(struct engine *engine);

#endif
