/* SPDX-License-Identifier: Apache-2.0 */
/* conf_table_root.c - the words at the top level, and those that work on lines of text. */
#include "common/conf_table.h"

// clang-format off
const struct conf_row conf_table_text[] = {
	{"include", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("Reads every file that matches, at this place; relative names start at the including file. A name without wildcard that matches nothing is a warning.")},
	{"includer", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("As include; every file that matches must be readable.")},
	{"includem", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("As include; a name without wildcard must match.")},
	{"includew", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("As include; a pattern with wildcards must match something.")},
	{"includeb", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("As include; every alternative in braces must match something.")},
	{"includea", CONF_IN(TEXT), WORDS("PATTERN", 1, 1), ARE(DONE | REPEAT), B("As include, with every check of the other forms.")},
	{"@ID", CONF_IN(TEXT), WORDS("LINE", 1, 1), ARE(DONE | REPEAT), B("The line counts only where the configuration id (the host name up to the first dot) is ID.")},
	{"@^ID", CONF_IN(TEXT), WORDS("LINE", 1, 1), ARE(DONE | REPEAT), B("The line counts everywhere but where the configuration id is ID.")},
	{"$NAME=", CONF_IN(TEXT), WORDS("TEXT", 0, 1), ARE(DONE | REPEAT), B("Defines a macro; used as ${NAME}, or $NAME before a blank, a comma, a closing parenthesis or the end of the line. A text that ends in a backslash goes on with the next line.")},
	{"${_PWD}", CONF_IN(TEXT), FLAG(), ARE(DONE | REPEAT), B("The directory of the file being read.")},
	{"${_INSTANCE}", CONF_IN(TEXT), FLAG(), ARE(DONE | REPEAT), B("The word given by the keyword instance.")},
	{"${_ENV NAME}", CONF_IN(TEXT), FLAG(), ARE(DONE | REPEAT), B("An environment variable of the process that reads the file.")},
	{"${_RANDOM}", CONF_IN(TEXT), WORDS("[MIN [MAX]]", 0, 2), DEFAULT("0 32767"), ARE(DONE | REPEAT), B("A random number, also written ${_RANDOM MIN MAX}.")},
	{"${_HASH}", CONF_IN(TEXT), FLAG(), ARE(DONE | REPEAT), B("The character #.")},
	{"${_BANG}", CONF_IN(TEXT), FLAG(), ARE(DONE | REPEAT), B("The character !.")},
	{"~SEQ", CONF_IN(TEXT), WORDS("(NAME, [START, [STEP,]] END)", 1, 1), DEFAULT("START 1, STEP 1"), ARE(DONE | REPEAT), B("Repeats the line with ${NAME} counting from START to END.")},
	{"~SEQx", CONF_IN(TEXT), WORDS("(NAME, [START, [STEP,]] END)", 1, 1), DEFAULT("START 1, STEP 1"), ARE(DONE | REPEAT), B("As ~SEQ, in hexadecimal.")},
	{"~LST", CONF_IN(TEXT), WORDS("(NAME, VALUE, ...)", 1, 1), ARE(DONE | REPEAT), B("Repeats the line with ${NAME} taking each value; with ({NAME,...},{VALUE,...},...) several names at once.")},
	{.name = NULL},
};

const struct conf_row conf_table_root[] = {
	{"global_defs", CONF_IN(ROOT), BLOCK(GLOBAL), KEY(GLOBAL_DEFS), ARE(DONE | REPEAT), B("Settings of the daemons as a whole; several blocks are merged.")},
	{"vrrp_instance", CONF_IN(ROOT), NAMED_BLOCK(INSTANCE), KEY(VRRP_INSTANCE), ARE(DONE | REPEAT), V("One virtual router.")},
	{"vrrp_sync_group", CONF_IN(ROOT), NAMED_BLOCK(GROUP), KEY(SYNC_GROUP), ARE(REPEAT), V("Virtual routers that change state together.")},
	{"vrrp_script", CONF_IN(ROOT), NAMED_BLOCK(SCRIPT), KEY(SCRIPT), ARE(REPEAT), V("A script run at intervals; its result changes priorities.")},
	{"vrrp_track_process", CONF_IN(ROOT), NAMED_BLOCK(PROCESS), KEY(TRACK_PROCESS), ARE(REPEAT), V("Processes watched by name; their number changes priorities.")},
	{"track_file", CONF_IN(ROOT), NAMED_BLOCK(FILE), ALSO("vrrp_track_file"), KEY(TRACK_FILE), ARE(REPEAT), B("A number in a file that changes priorities or weights.")},
	{"bfd_instance", CONF_IN(ROOT), NAMED_BLOCK(BFD), KEY(BFD), ARE(REPEAT), B("A BFD session (RFC 5880).")},
	{"virtual_server_group", CONF_IN(ROOT), NAMED_BLOCK(VS_ENTRIES), KEY(SERVICE_GROUP), ARE(REPEAT), C("Addresses that share one virtual service.")},
	{"virtual_server", CONF_IN(ROOT), SERVER_BLOCK(VS, "ADDRESS [PORT] | fwmark N | group NAME { ... }"), KEY(VIRTUAL_SERVER), ARE(REPEAT), C("A service spread by the kernel over its real servers.")},
	{"static_ipaddress", CONF_IN(ROOT), BLOCK(ADDRESSES), ARE(REPEAT), V("Addresses kept for the life of the daemon.")},
	{"static_routes", CONF_IN(ROOT), BLOCK(ROUTES), ARE(REPEAT), V("Routes kept for the life of the daemon.")},
	{"static_rules", CONF_IN(ROOT), BLOCK(RULES), ARE(REPEAT), V("Policy rules kept for the life of the daemon.")},
	{"garp_group", CONF_IN(ROOT), BLOCK(GARP_GROUP), ARE(REPEAT), V("Interfaces that share a pace of announcements.")},
	{"track_group", CONF_IN(ROOT), NAMED_BLOCK(TRACK_GROUP), ARE(REPEAT), V("Instances that fault when a static address or route is lost.")},
	{"linkbeat_interfaces", CONF_IN(ROOT), BLOCK(BEAT), ARE(REPEAT), V("Interfaces whose link state is polled.")},
	{"interface_up_down_delays", CONF_IN(ROOT), BLOCK(DELAYS), ARE(REPEAT), V("How long a change of link must last before it counts.")},
	{"SSL", CONF_IN(ROOT), BLOCK(SSL), C("Client certificate of SSL_GET checks.")},
	{"linkbeat_use_polling", CONF_IN(ROOT) | CONF_IN(INSTANCE), FLAG(), V("Polls link state instead of being told by the kernel.")},
	{"net_namespace", CONF_IN(ROOT), WORD("NAME"), B("The network namespace to run in.")},
	{"net_namespace_ipvs", CONF_IN(ROOT), WORD_OR_NONE("[NAME]"), C("The network namespace of IPVS.")},
	{"namespace_with_ipsets", CONF_IN(ROOT), FLAG(), V("Uses ipsets inside a namespace too.")},
	{"use_pid_dir", CONF_IN(ROOT), FLAG(), B("Puts pid files into a directory of their own.")},
	{"instance", CONF_IN(ROOT), WORD("NAME"), KEY(INSTANCE_SUFFIX), B("A name for this set of daemons where several run on one host.")},
	{"child_wait_time", CONF_IN(ROOT), INT(0, U32_MAX), DEFAULT("5"), UNIT("s"), B("Grace for child processes at a stop.")},
	{.name = NULL},
};
// clang-format on
