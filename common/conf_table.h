/* SPDX-License-Identifier: Apache-2.0 */
/* conf_table.h - short forms for writing the rows of the tables; only they include it.
 */
#ifndef COMMON_CONF_TABLE_H
#define COMMON_CONF_TABLE_H

#include "common/conf_schema.h"

#define S INT64_C(1000000) /* a second in microseconds */
#define DAY (86400 * S)
#define U32_MAX INT64_C(4294967295)
#define GARP_S_MAX (4294 * S) /* keepalived's limit: 2^32 microseconds */

/* Arguments. */
#define FLAG() .type = CONF_TYPE_NONE, .args = ""
#define BOOL() .type = CONF_TYPE_BOOL, .args = "[on|off]", .args_max = 1
#define INT(lo, hi) \
	.type = CONF_TYPE_INT, .args = "N", .args_min = 1, .args_max = 1, .min = (lo), \
	.max = (hi)
#define INT_OR_NONE(lo, hi) \
	.type = CONF_TYPE_INT, .args = "[N]", .args_max = 1, .min = (lo), .max = (hi)
#define SECONDS(lo, hi) \
	.type = CONF_TYPE_SECONDS, .args = "SECONDS", .unit = "s", .args_min = 1, \
	.args_max = 1, .min = (lo), .max = (hi)
#define MILLISECONDS(lo, hi) \
	.type = CONF_TYPE_MS, .args = "MILLISECONDS", .unit = "ms", .args_min = 1, \
	.args_max = 1, .min = (lo), .max = (hi)
#define CHOICE(words) \
	.type = CONF_TYPE_CHOICE, .args = "WORD", .args_min = 1, .args_max = 1, \
	.choices = (words)
#define WORD(text) .type = CONF_TYPE_WORD, .args = (text), .args_min = 1, .args_max = 1
#define WORD_OR_NONE(text) .type = CONF_TYPE_WORD, .args = (text), .args_max = 1
#define SHORT_WORD(text, hi) \
	.type = CONF_TYPE_WORD, .args = (text), .args_min = 1, .args_max = 1, \
	.max = (hi)
#define IFNAME() \
	.type = CONF_TYPE_IFNAME, .args = "INTERFACE", .args_min = 1, .args_max = 1
#define ADDRESS() \
	.type = CONF_TYPE_ADDRESS, .args = "ADDRESS", .args_min = 1, .args_max = 1
#define MULTICAST4() \
	.type = CONF_TYPE_MULTICAST4, .args = "ADDRESS", .args_min = 1, .args_max = 1
#define MULTICAST6() \
	.type = CONF_TYPE_MULTICAST6, .args = "ADDRESS", .args_min = 1, .args_max = 1
#define COMMAND() \
	.type = CONF_TYPE_COMMAND, .args = "COMMAND [USER [GROUP]]", .args_min = 1, \
	.args_max = 4
#define WORDS(text, least, most) \
	.type = CONF_TYPE_WORDS, .args = (text), .args_min = (least), .args_max = (most)
#define WEIGHT(lo, hi) \
	.type = CONF_TYPE_INT, .args = "N [reverse]", .args_min = 1, .args_max = 2, \
	.min = (lo), .max = (hi)

/* Blocks: without and with a name. */
#define BLOCK(kind) \
	.type = CONF_TYPE_NONE, .args = "{ ... }", .opens = CONF_BLOCK_##kind
#define NAMED_BLOCK(kind) \
	.type = CONF_TYPE_WORD, .args = "NAME { ... }", .args_min = 1, .args_max = 1, \
	.opens = CONF_BLOCK_##kind
#define SERVER_BLOCK(kind, text) \
	.type = CONF_TYPE_SERVICE, .args = (text), .args_min = 1, .args_max = 2, \
	.opens = CONF_BLOCK_##kind

/* Facts about a row. */
#define ALSO(names) .aliases = (names)
#define DEFAULT(text) .fallback = (text)
#define UNIT(text) .unit = (text)
#define KEY(name) .key = CONF_KEY_##name
#define ARE(bits) .flags = (bits)
#define DONE CONF_DONE
#define LIVE CONF_LIVE
#define REPEAT CONF_REPEAT
#define SECRET CONF_SECRET
#define NO_EFFECT CONF_NO_EFFECT
#define ESSENTIAL CONF_ESSENTIAL

/* The help text, by whose keyword it is. */
#define V(text) .daemons = CONF_DAEMON_VRRPD, .help = (text)
#define C(text) .daemons = CONF_DAEMON_CHECKD, .help = (text)
#define B(text) .daemons = CONF_DAEMON_BOTH, .help = (text)

#endif
