/* SPDX-License-Identifier: Apache-2.0 */
/* conf_schema.c - looking things up in the table of the configuration language. */
#include "common/conf_schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/names.h"
#include "common/units.h"

static const struct conf_row *const tables[] = {
    conf_table_text,
    conf_table_root,
    conf_table_global,
    conf_table_process,
    conf_table_vrrp,
    conf_table_track,
    conf_table_lines,
    conf_table_service,
    conf_table_checks,
};

#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

// clang-format off
static const struct conf_block_info blocks[CONF_BLOCK_COUNT_] = {
	[CONF_BLOCK_ROOT] = {"top level", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_GLOBAL] = {"global_defs", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_INSTANCE] = {"vrrp_instance", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_AUTH] = {"authentication", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_HMAC] = {"auth_hmac", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_GROUP] = {"vrrp_sync_group", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_SCRIPT] = {"vrrp_script", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_PROCESS] = {"vrrp_track_process", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_FILE] = {"track_file", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_BFD] = {"bfd_instance", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_GARP_GROUP] = {"garp_group", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_TRACK_GROUP] = {"track_group", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_SSL] = {"SSL", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_VS] = {"virtual_server", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_RS] = {"real_server", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_HTTP] = {"HTTP_GET", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_SSL_GET] = {"SSL_GET", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_URL] = {"url", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_TCP] = {"TCP_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_PING] = {"PING_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_UDP] = {"UDP_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_SMTP] = {"SMTP_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_HOST] = {"host", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_DNS] = {"DNS_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_MISC] = {"MISC_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_FILE_CHECK] = {"FILE_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_BFD_CHECK] = {"BFD_CHECK", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_EMAILS] = {"notification_email", CONF_CONTENTS_WORDS},
	[CONF_BLOCK_NAMES] = {"list of names", CONF_CONTENTS_WORDS},
	[CONF_BLOCK_ADDRESSES] = {"list of addresses", CONF_CONTENTS_ADDRESSES},
	[CONF_BLOCK_ROUTES] = {"list of routes", CONF_CONTENTS_LINES},
	[CONF_BLOCK_RULES] = {"list of rules", CONF_CONTENTS_LINES},
	[CONF_BLOCK_PEERS] = {"unicast_peer", CONF_CONTENTS_LINES},
	[CONF_BLOCK_TRACKED] = {"list of what is tracked", CONF_CONTENTS_LINES},
	[CONF_BLOCK_BEAT] = {"linkbeat_interfaces", CONF_CONTENTS_LINES},
	[CONF_BLOCK_DELAYS] = {"interface_up_down_delays", CONF_CONTENTS_LINES},
	[CONF_BLOCK_VS_ENTRIES] = {"virtual_server_group", CONF_CONTENTS_LINES},
	[CONF_BLOCK_ADDRESS_LINE] = {"address line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_ROUTE_LINE] = {"route line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_RULE_LINE] = {"rule line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_PEER_LINE] = {"unicast_peer line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_TRACKED_LINE] = {"track_* line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_SYNCD_LINE] = {"lvs_sync_daemon line", CONF_CONTENTS_KEYWORDS},
	[CONF_BLOCK_TEXT] = {"any line", CONF_CONTENTS_KEYWORDS},
};

static const char *const type_names[CONF_TYPE_COUNT_] = {
	[CONF_TYPE_NONE] = "flag",
	[CONF_TYPE_BOOL] = "boolean",
	[CONF_TYPE_INT] = "integer",
	[CONF_TYPE_SECONDS] = "seconds",
	[CONF_TYPE_MS] = "milliseconds",
	[CONF_TYPE_CHOICE] = "choice",
	[CONF_TYPE_WORD] = "word",
	[CONF_TYPE_IFNAME] = "interface",
	[CONF_TYPE_ADDRESS] = "address",
	[CONF_TYPE_MULTICAST4] = "IPv4 multicast address",
	[CONF_TYPE_MULTICAST6] = "IPv6 multicast address",
	[CONF_TYPE_COMMAND] = "command",
	[CONF_TYPE_WORDS] = "words",
	[CONF_TYPE_SERVICE] = "service address",
	[CONF_TYPE_LEASE] = "lease",
};
// clang-format on

const struct conf_row *
conf_schema_row(size_t i)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		for (const struct conf_row *row = tables[t]; row->name; row++)
			if (i-- == 0)
				return row;
	return NULL;
}

/* Whether `name` stands in a list of words separated by blanks. */
static bool
is_one_of(const char *words, const char *name, size_t len)
{
	while (words && *words) {
		size_t n = strcspn(words, " ");
		if (n == len && memcmp(words, name, n) == 0)
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

const struct conf_row *
conf_schema_find(enum conf_block block, const char *name)
{
	size_t len = strlen(name);
	for (size_t t = 0; t < TABLE_COUNT; t++)
		for (const struct conf_row *row = tables[t]; row->name; row++)
			if (row->blocks & (UINT64_C(1) << block) &&
			    (strcmp(row->name, name) == 0 ||
				is_one_of(row->aliases, name, len)))
				return row;
	return NULL;
}

const struct conf_block_info *
conf_schema_block(enum conf_block block)
{
	return &blocks[block];
}

bool
conf_schema_is_line(enum conf_block block)
{
	return block >= CONF_BLOCK_ADDRESS_LINE;
}

const char *
conf_type_name(enum conf_type type)
{
	return names_text(type_names, CONF_TYPE_COUNT_, (size_t)type);
}

const char *
conf_row_range(const struct conf_row *row, char *buf, size_t room)
{
	char low[UNITS_TEXT_SIZE], high[UNITS_TEXT_SIZE];
	buf[0] = '\0';
	if (row->choices)
		(void)snprintf(buf, room, "%s", row->choices);
	else if (row->min == 0 && row->max == 0)
		return buf;
	else if (row->type == CONF_TYPE_WORD)
		(void)snprintf(buf, room, "at most %" PRId64 " characters", row->max);
	else if (row->type == CONF_TYPE_SECONDS)
		(void)snprintf(buf, room, "%s..%s", units_format_seconds(low, row->min),
		    units_format_seconds(high, row->max));
	else if (row->type == CONF_TYPE_MS)
		(void)snprintf(buf, room, "%s..%s",
		    units_format_seconds(low, row->min * US_PER_MS),
		    units_format_seconds(high, row->max * US_PER_MS));
	else
		(void)snprintf(buf, room, "%" PRId64 "..%" PRId64, row->min, row->max);
	return buf;
}

/* Open addressing; a keyword fills one slot for each block and spelling. */
#define SLOTS 4096

struct slot {
	const struct conf_row *row;
	const char *name;
	uint16_t len;
	uint16_t number;
	uint8_t block;
};

struct conf_index {
	struct slot slots[SLOTS];
	size_t first_number[TABLE_COUNT];
	size_t length[TABLE_COUNT];
};

static size_t
slot_of(enum conf_block block, const char *name, size_t len)
{
	uint32_t hash = 2166136261u ^ (uint32_t)block; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return (hash ^ (hash >> 15)) % SLOTS;
}

static void
index_add_name(struct conf_index *index, const struct conf_row *row, size_t number,
    const char *name, size_t len)
{
	for (uint64_t left = row->blocks; left; left &= left - 1) {
		enum conf_block block = (enum conf_block)__builtin_ctzll(left);
		size_t i = slot_of(block, name, len);
		while (index->slots[i].row)
			i = (i + 1) % SLOTS;
		index->slots[i] = (struct slot){
		    row, name, (uint16_t)len, (uint16_t)number, (uint8_t)block};
	}
}

static void
index_add(struct conf_index *index, const struct conf_row *row, size_t number)
{
	index_add_name(index, row, number, row->name, strlen(row->name));
	const char *alias = row->aliases;
	while (alias && *alias) {
		size_t len = strcspn(alias, " ");
		index_add_name(index, row, number, alias, len);
		alias += len + strspn(alias + len, " ");
	}
}

struct conf_index *
conf_index_new(void)
{
	struct conf_index *index = calloc(1, sizeof(*index));
	if (!index)
		return NULL;
	size_t number = 0;
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		index->first_number[t] = number;
		for (const struct conf_row *row = tables[t]; row->name; row++)
			index_add(index, row, number++);
		index->length[t] = number - index->first_number[t];
	}
	return index;
}

struct conf_index *
conf_index_free(struct conf_index *index)
{
	free(index);
	return NULL;
}

const struct conf_row *
conf_index_find(
    const struct conf_index *index, enum conf_block block, const char *name, size_t len)
{
	size_t i = slot_of(block, name, len);
	for (; index->slots[i].row; i = (i + 1) % SLOTS) {
		const struct slot *slot = &index->slots[i];
		if (slot->block == block && slot->len == len &&
		    memcmp(slot->name, name, len) == 0)
			return slot->row;
	}
	return NULL;
}

size_t
conf_index_number(const struct conf_index *index, const struct conf_row *row)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		if (row >= tables[t] && row < tables[t] + index->length[t])
			return index->first_number[t] + (size_t)(row - tables[t]);
	return CONF_ROWS_MAX - 1;
}
