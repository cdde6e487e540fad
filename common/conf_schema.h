/* SPDX-License-Identifier: Apache-2.0 */
/* conf_schema.h - the table of the configuration language: one row for each keyword.
 *
 * From these rows come parsing, range errors, suggestions, `hactl describe`,
 * completion, the canonical dump and the tables of haven.conf(5). A keyword stands
 * once, with every block it is allowed in.
 */
#ifndef COMMON_CONF_SCHEMA_H
#define COMMON_CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of block. Blocks whose contents follow the same rules share a kind. */
enum conf_block {
	CONF_BLOCK_ROOT = 0,
	CONF_BLOCK_GLOBAL,
	CONF_BLOCK_INSTANCE,
	CONF_BLOCK_AUTH,
	CONF_BLOCK_HMAC,
	CONF_BLOCK_GROUP,
	CONF_BLOCK_SCRIPT,
	CONF_BLOCK_PROCESS,
	CONF_BLOCK_FILE,
	CONF_BLOCK_BFD,
	CONF_BLOCK_GARP_GROUP,
	CONF_BLOCK_TRACK_GROUP,
	CONF_BLOCK_SSL,
	CONF_BLOCK_VS,
	CONF_BLOCK_RS,
	CONF_BLOCK_HTTP,
	CONF_BLOCK_SSL_GET,
	CONF_BLOCK_URL,
	CONF_BLOCK_TCP,
	CONF_BLOCK_PING,
	CONF_BLOCK_UDP,
	CONF_BLOCK_SMTP,
	CONF_BLOCK_HOST,
	CONF_BLOCK_DNS,
	CONF_BLOCK_MISC,
	CONF_BLOCK_FILE_CHECK,
	CONF_BLOCK_BFD_CHECK,
	/* Lists: their contents are entries, not keywords. */
	CONF_BLOCK_EMAILS,
	CONF_BLOCK_NAMES,
	CONF_BLOCK_ADDRESSES,
	CONF_BLOCK_ROUTES,
	CONF_BLOCK_RULES,
	CONF_BLOCK_PEERS,
	CONF_BLOCK_TRACKED,
	CONF_BLOCK_BEAT,
	CONF_BLOCK_DELAYS,
	CONF_BLOCK_VS_ENTRIES,
	/* Words that may follow on one line: looked up like keywords, but no blocks. */
	CONF_BLOCK_ADDRESS_LINE,
	CONF_BLOCK_ROUTE_LINE,
	CONF_BLOCK_RULE_LINE,
	CONF_BLOCK_PEER_LINE,
	CONF_BLOCK_TRACKED_LINE,
	CONF_BLOCK_SYNCD_LINE,
	/* Lines that the reader itself understands, before keywords. */
	CONF_BLOCK_TEXT,
	CONF_BLOCK_COUNT_
};

#define CONF_IN(block) (UINT64_C(1) << CONF_BLOCK_##block)

/* What stands between the braces of a block. */
enum conf_contents {
	CONF_CONTENTS_KEYWORDS = 0,
	CONF_CONTENTS_WORDS,     /* every word is an entry */
	CONF_CONTENTS_LINES,     /* every line is an entry */
	CONF_CONTENTS_ADDRESSES, /* address lines, also several on one line */
	CONF_CONTENTS_COUNT_
};

struct conf_block_info {
	const char *title; /* as messages and the manual name it: "vrrp_instance" */
	enum conf_contents contents;
};

/* The type of a keyword's first argument; further ones are words. */
enum conf_type {
	CONF_TYPE_NONE = 0, /* no argument */
	CONF_TYPE_BOOL,     /* on, off, true, false, yes, no; nothing: on */
	CONF_TYPE_INT,      /* min..max */
	CONF_TYPE_SECONDS,  /* decimal; min..max in microseconds */
	CONF_TYPE_MS,       /* decimal milliseconds; min..max in microseconds */
	CONF_TYPE_CHOICE,   /* one of `choices` */
	CONF_TYPE_WORD,     /* at most `max` bytes when max is not 0 */
	CONF_TYPE_IFNAME,
	CONF_TYPE_ADDRESS,
	CONF_TYPE_MULTICAST4,
	CONF_TYPE_MULTICAST6,
	CONF_TYPE_COMMAND, /* quoted with " or ', with escapes; then [user [group]] */
	CONF_TYPE_WORDS,   /* as many words as allowed */
	CONF_TYPE_SERVICE, /* ADDR [PORT], fwmark N, group NAME */
	CONF_TYPE_LEASE,   /* on, off or whole seconds */
	CONF_TYPE_COUNT_
};

/* Keywords that something outside the parser looks at: the rules and the daemons. */
enum conf_key {
	CONF_KEY_NONE = 0,
	/* top level */
	CONF_KEY_GLOBAL_DEFS,
	CONF_KEY_VRRP_INSTANCE,
	CONF_KEY_SYNC_GROUP,
	CONF_KEY_SCRIPT,
	CONF_KEY_TRACK_PROCESS,
	CONF_KEY_TRACK_FILE,
	CONF_KEY_BFD,
	CONF_KEY_SERVICE_GROUP,
	CONF_KEY_VIRTUAL_SERVER,
	CONF_KEY_INSTANCE_SUFFIX,
	/* global_defs */
	CONF_KEY_ROUTER_ID,
	CONF_KEY_MCAST_GROUP4,
	CONF_KEY_MCAST_GROUP6,
	CONF_KEY_STRICT,
	CONF_KEY_DYNAMIC_INTERFACES,
	CONF_KEY_DEFAULT_INTERFACE,
	CONF_KEY_STARTUP_DELAY,
	CONF_KEY_GARP_INTERVAL,
	CONF_KEY_GNA_INTERVAL,
	CONF_KEY_MIN_GARP,
	CONF_KEY_OPERATOR_MAX_LEASE,
	CONF_KEY_RANDOM_SEED,
	/* vrrp_instance; version and garp_* also in global_defs, for all instances */
	CONF_KEY_VERSION,
	CONF_KEY_STATE,
	CONF_KEY_INTERFACE,
	CONF_KEY_VIRTUAL_ROUTER_ID,
	CONF_KEY_PRIORITY,
	CONF_KEY_ADVERT_INT,
	CONF_KEY_NOPREEMPT,
	CONF_KEY_PREEMPT,
	CONF_KEY_PREEMPT_DELAY,
	CONF_KEY_ACCEPT,
	CONF_KEY_DONT_TRACK_PRIMARY,
	CONF_KEY_REFUSE_FOREIGN_SOURCE,
	CONF_KEY_MCAST_SRC_IP,
	CONF_KEY_AUTHENTICATION,
	CONF_KEY_AUTH_TYPE,
	CONF_KEY_AUTH_PASS,
	CONF_KEY_VIRTUAL_IPADDRESS,
	CONF_KEY_VIRTUAL_IPADDRESS_EXCLUDED,
	CONF_KEY_ADDRESS_LEASE,
	CONF_KEY_GARP_MASTER_DELAY,
	CONF_KEY_GARP_MASTER_REPEAT,
	CONF_KEY_GARP_MASTER_REFRESH,
	CONF_KEY_GARP_MASTER_REFRESH_REPEAT,
	CONF_KEY_GARP_LOWER_PRIO_DELAY,
	CONF_KEY_GARP_LOWER_PRIO_REPEAT,
	/* an address line */
	CONF_KEY_ADDRESS_DEV,
	CONF_KEY_ADDRESS_LABEL,
	CONF_KEY_ADDRESS_BROADCAST,
	CONF_KEY_ADDRESS_SCOPE,
	CONF_KEY_COUNT_
};

enum conf_row_flags {
	CONF_DONE = 1 << 0,   /* this release carries it out */
	CONF_LIVE = 1 << 1,   /* may be changed while the daemon runs (hactl set) */
	CONF_REPEAT = 1 << 2, /* may stand several times in one block */
	CONF_SECRET = 1 << 3, /* its argument is never shown */
	CONF_NO_EFFECT =
	    1 << 4, /* an old word that changes nothing in keepalived either */
	/* Not carried out yet, and running without it would be wrong on the wire. */
	CONF_ESSENTIAL = 1 << 5,
};

enum conf_daemon {
	CONF_DAEMON_VRRPD = 1,
	CONF_DAEMON_CHECKD = 2,
	CONF_DAEMON_BOTH = 3,
};

struct conf_row {
	const char *name;
	uint64_t blocks;      /* CONF_IN() of every block it may stand in */
	const char *aliases;  /* other spellings, separated by blanks, or NULL */
	const char *args;     /* the arguments as the manual writes them; "": none */
	const char *fallback; /* the value without the keyword, or NULL */
	const char *unit;     /* or NULL */
	const char *choices;  /* CONF_TYPE_CHOICE: the words, separated by blanks */
	const char *help;     /* one line */
	int64_t min, max;     /* inclusive; both 0: no limit */
	enum conf_type type;
	enum conf_block opens; /* the block it opens; CONF_BLOCK_ROOT: none */
	enum conf_key key;
	uint8_t args_min, args_max;
	uint8_t flags;   /* enum conf_row_flags */
	uint8_t daemons; /* who carries it out */
};

#define CONF_ROWS_MAX 1024 /* more than there are; tests hold the table to it */

/* Row `i` over all tables, in the order of the manual, or NULL at the end. */
const struct conf_row *conf_schema_row(size_t i);

/* The row of `name` (or an alias of it) in `block`, or NULL. Slow: a walk. */
const struct conf_row *conf_schema_find(enum conf_block block, const char *name);

const struct conf_block_info *conf_schema_block(enum conf_block block);

/* Whether a block is not a block but the words of one line. */
bool conf_schema_is_line(enum conf_block block);

const char *conf_type_name(enum conf_type type); /* "seconds" */

/* Writes the range of a row for people ("1..255", "0.01..255", "MASTER BACKUP"), empty
 * when there is none. Returns `buf`. */
const char *conf_row_range(const struct conf_row *row, char *buf, size_t room);

/* A hash over the rows for the parser: one lookup costs one string compare. */
struct conf_index;
struct conf_index *conf_index_new(void); /* NULL: out of memory */
struct conf_index *conf_index_free(struct conf_index *index);
const struct conf_row *conf_index_find(const struct conf_index *index,
    enum conf_block block, const char *name, size_t len);

/* The number of a row, for arrays with an entry for each. */
size_t conf_index_number(const struct conf_index *index, const struct conf_row *row);

/* The tables, one a file; each ends with a row without a name. */
extern const struct conf_row conf_table_text[];
extern const struct conf_row conf_table_root[];
extern const struct conf_row conf_table_global[];
extern const struct conf_row conf_table_process[];
extern const struct conf_row conf_table_vrrp[];
extern const struct conf_row conf_table_track[];
extern const struct conf_row conf_table_lines[];
extern const struct conf_row conf_table_service[];
extern const struct conf_row conf_table_checks[];

#endif
