/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.h - numbers of a daemon on their way to a monitoring system.
 *
 * The answer to `metrics` holds families of samples; hactl makes text of them. Pure.
 *
 *   {"families": [
 *     {"name": "haven_vrrp_refused", "type": "counter", "help": "...",
 *      "labels": ["instance", "reason"], "samples": [["VI_1", "ttl", 3], ...]},
 *     {"name": "haven_vrrp_advert_lateness_seconds", "type": "histogram", "help":
 * "...", "buckets": [[0.0001, 12], [0.00025, 40]], "count": 41, "sum": 0.0041}],
 *    "next": 16}                 where to go on; missing at the end
 *
 * A sample is the values of the labels, then the number. A bucket is its upper bound
 * and how many were at most as large. Names follow the rules of OpenMetrics: a base
 * unit at the end, and of a counter no "_total".
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define METRICS_LABELS_MAX 4

struct metrics_family {
	const char *name, *type, *help;
	const char
	    *labels[METRICS_LABELS_MAX]; /* ends with NULL when there are fewer */
};

/* Appends a family to `families`. Returns it, borrowed; NULL: out of memory. */
json_t *metrics_add_family(json_t *families, const struct metrics_family *family);

/* Appends a sample with one value for each label of the family. */
void metrics_add_integer(json_t *family, const char *const values[], int64_t number);
void metrics_add_real(json_t *family, const char *const values[], double number);

/* Fills a histogram's family with the next bucket: `upto` is how many times were at
 * most `bound`. */
void metrics_add_bucket(json_t *family, double bound, uint64_t upto);
/* Ends it. */
void metrics_end_histogram(json_t *family, uint64_t count, double sum);

#endif
