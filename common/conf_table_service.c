/* SPDX-License-Identifier: Apache-2.0 */
/* conf_table_service.c - the words of virtual_server and real_server. */
#include "common/conf_table.h"

#define ON_BOTH (CONF_IN(VS) | CONF_IN(RS))

// clang-format off
const struct conf_row conf_table_service[] = {
	{"fwmark", CONF_IN(VS_ENTRIES), WORDS("N [inet|inet6]", 1, 2), ARE(REPEAT), C("A packet mark as member of the group.")},
	{"lb_algo", CONF_IN(VS), CHOICE("rr wrr lc wlc lblc lblcr sh dh fo ovf sed nq mh twos"), ALSO("lvs_sched"), DEFAULT("wlc"), C("The scheduler.")},
	{"lb_kind", CONF_IN(VS), WORDS("NAT|DR|TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]", 1, 6), DEFAULT("NAT"), C("The forwarding method.")},
	{"lvs_method", ON_BOTH, WORDS("NAT|DR|TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]", 1, 6), DEFAULT("NAT"), C("The forwarding method.")},
	{"protocol", CONF_IN(VS), CHOICE("TCP UDP SCTP"), DEFAULT("UDP"), C("The transport protocol.")},
	{"persistence_timeout", CONF_IN(VS), INT_OR_NONE(1, 2678400), DEFAULT("off; 360 without a number"), UNIT("s"), C("How long a client keeps its real server.")},
	{"persistence_granularity", CONF_IN(VS), WORD("MASK|LEN"), DEFAULT("one address"), C("The clients that count as one.")},
	{"persistence_engine", CONF_IN(VS), WORD("sip"), C("The persistence module.")},
	{"sorry_server", CONF_IN(VS), .type = CONF_TYPE_SERVICE, .args = "ADDRESS [PORT]", .args_min = 1, .args_max = 2, C("The server of last resort.")},
	{"sorry_server_inhibit", CONF_IN(VS), FLAG(), C("Sets its weight to 0 instead of removing it.")},
	{"sorry_server_lvs_method", CONF_IN(VS), WORDS("NAT|DR|TUN ...", 1, 6), DEFAULT("that of the service"), C("Its forwarding method.")},
	{"virtualhost", ON_BOTH | CONF_IN(HTTP) | CONF_IN(SSL_GET) | CONF_IN(URL), WORD("NAME"), C("The host name in requests.")},
	{"quorum", CONF_IN(VS), INT(1, U32_MAX), DEFAULT("1"), C("The weight of live servers that is needed.")},
	{"quorum_up", CONF_IN(VS), COMMAND(), C("Run when the quorum is reached.")},
	{"quorum_down", CONF_IN(VS), COMMAND(), C("Run when the quorum is lost.")},
	{"hysteresis", CONF_IN(VS), INT(0, U32_MAX), DEFAULT("0"), C("How far the weight must pass the quorum.")},
	{"alpha", ON_BOTH, FLAG(), C("Servers are down until a check succeeded.")},
	{"omega", CONF_IN(VS), FLAG(), C("Runs the down scripts at a stop.")},
	{"inhibit_on_failure", ON_BOTH, FLAG(), C("Sets the weight of a failed server to 0 instead of removing it.")},
	{"ha_suspend", CONF_IN(VS), FLAG(), C("Checks only while the service address is on this node.")},
	{"retry", ON_BOTH, INT(0, U32_MAX), DEFAULT("by check"), C("Further attempts before a server is down.")},
	{"delay_before_retry", ON_BOTH, SECONDS(0, U32_MAX * S), DEFAULT("by check"), C("Gap between attempts.")},
	{"delay_loop", ON_BOTH, SECONDS(1, U32_MAX * S), DEFAULT("60"), C("Time between checks.")},
	{"connect_timeout", ON_BOTH, SECONDS(1, U32_MAX * S), DEFAULT("5"), C("Time limit for connecting.")},
	{"warmup", ON_BOTH, SECONDS(0, U32_MAX * S), DEFAULT("delay_loop"), C("The first check comes at a random moment within this time.")},
	{"weight", CONF_IN(VS), INT(0, INT32_MAX), DEFAULT("1"), C("The weight of servers that name none.")},
	{"ops", CONF_IN(VS), FLAG(), C("Schedules each packet by itself (UDP).")},
	{"hashed", CONF_IN(VS), FLAG(), ARE(NO_EFFECT), C("Has no effect.")},
	{"ip_family", CONF_IN(VS), CHOICE("inet inet6"), C("The address family of a mark or group.")},
	{"flag-1", CONF_IN(VS), FLAG(), C("A flag of the scheduler.")},
	{"flag-2", CONF_IN(VS), FLAG(), C("A flag of the scheduler.")},
	{"flag-3", CONF_IN(VS), FLAG(), C("A flag of the scheduler.")},
	{"sh-port", CONF_IN(VS), FLAG(), C("Scheduler sh: the port counts too.")},
	{"sh-fallback", CONF_IN(VS), FLAG(), C("Scheduler sh: falls back to another server.")},
	{"mh-port", CONF_IN(VS), FLAG(), C("Scheduler mh: the port counts too.")},
	{"mh-fallback", CONF_IN(VS), FLAG(), C("Scheduler mh: falls back to another server.")},
	{"snmp_name", ON_BOTH, WORD("TEXT"), C("The name in SNMP.")},
	{"real_server", CONF_IN(VS), SERVER_BLOCK(RS, "ADDRESS [PORT] { ... }"), ARE(REPEAT), C("A server behind the service.")},
	{"weight", CONF_IN(RS), INT(0, INT32_MAX), DEFAULT("that of the service"), C("Its share; 0 takes no new clients.")},
	{"notify_up", CONF_IN(RS), COMMAND(), C("Run when the server comes up.")},
	{"notify_down", CONF_IN(RS), COMMAND(), C("Run when the server goes down.")},
	{"uthreshold", CONF_IN(RS), INT(0, U32_MAX), DEFAULT("0"), C("No new clients above this many connections.")},
	{"lthreshold", CONF_IN(RS), INT(0, U32_MAX), DEFAULT("0"), C("New clients again below this many connections.")},
	{.name = NULL},
};
// clang-format on
