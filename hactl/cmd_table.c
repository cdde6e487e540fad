/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_table.c - every command: its words, whom it asks, what it asks, how it is shown.
 *
 * To add a command: a row here, a method in the daemon, a view (view.h). Parsing, help,
 * completion and the man page's check follow from the row.
 */
#include "hactl/cmd_table.h"

#include <stdlib.h>
#include <string.h>

#include "hactl/must.h"
#include "hactl/options.h"
#include "hactl/request.h"
#include "hactl/view.h"

#define CHANGE (OPTION_BIT(OPTION_REASON) | OPTION_BIT(OPTION_OP_ID))
#define MOVE (CHANGE | OPTION_BIT(OPTION_WAIT) | OPTION_BIT(OPTION_NO_WAIT))
#define EDIT (CHANGE | OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_IF_REV))

#define LOOK OPTION_BIT(OPTION_WATCH)

/* clang-format off */
const struct command commands[] = {
    {.syntax = "show status", .help = "the daemons of this node and what they do",
	.asks = ASKS_BOTH, .method = "status",
	.schema = "hactl.status/1", .view = view_status, .takes = LOOK,
	.tells_absent = true},
    {.syntax = "show instance(s)", .help = "all VRRP instances, one line each",
	.kind = COMMAND_LIST, .asks = ASKS_VRRPD, .method = "instance",
	.schema = "hactl.instance/1", .view = view_instances, .takes = LOOK},
    {.syntax = "show instance(s) NAME [detail]", .help = "all about one VRRP instance",
	.asks = ASKS_VRRPD, .method = "get", .params = request_path,
	.schema = "hactl.instance/1", .view = view_instance, .takes = LOOK,
	.more = "With \"detail\" also the protocol's timers and all counters."},
    {.syntax = "show vip(s)", .help = "the virtual addresses and whether they are set",
	.kind = COMMAND_LIST, .asks = ASKS_VRRPD, .method = "vip",
	.schema = "hactl.vip/1", .view = view_vips, .takes = LOOK},
    {.syntax = "show lease(s)", .help = "the edits that end by themselves",
	.kind = COMMAND_LIST, .asks = ASKS_BOTH, .method = "lease",
	.schema = "hactl.lease/1", .view = view_leases, .takes = LOOK},
    {.syntax = "show override(s)", .help = "all live edits over the configuration file",
	.kind = COMMAND_LIST, .asks = ASKS_BOTH, .method = "override",
	.schema = "hactl.override/1", .view = view_leases, .takes = LOOK},
    {.syntax = "show stats", .help = "what all instances counted, one line each",
	.kind = COMMAND_LIST, .asks = ASKS_VRRPD, .method = "stats",
	.schema = "hactl.stats/1", .view = view_stats, .takes = LOOK},
    {.syntax = "show stats NAME", .help = "refused packets by reason, with who sent the last",
	.asks = ASKS_VRRPD, .method = "get", .params = request_path,
	.schema = "hactl.instance/1", .view = view_stats_of, .takes = LOOK},
    {.syntax = "show clients", .help = "who is connected to the daemons",
	.asks = ASKS_BOTH, .method = "clients",
	.schema = "hactl.clients/1", .view = view_clients, .takes = LOOK},
    {.syntax = "show group(s)", .help = "all sync groups",
	.kind = COMMAND_LIST, .asks = ASKS_VRRPD, .method = "group",
	.schema = "hactl.group/1", .view = view_objects, .takes = LOOK},
    {.syntax = "show group(s) GROUP", .help = "all about one sync group",
	.asks = ASKS_VRRPD, .method = "get", .params = request_path,
	.schema = "hactl.group/1", .view = view_objects, .takes = LOOK},
    {.syntax = "show track(s)", .help = "what priorities follow: interfaces, scripts, files",
	.kind = COMMAND_LIST, .asks = ASKS_VRRPD, .method = "track",
	.schema = "hactl.track/1", .view = view_objects, .takes = LOOK},
    {.syntax = "show track(s) TRACK", .help = "all about one thing that is tracked",
	.asks = ASKS_VRRPD, .method = "get", .params = request_path,
	.schema = "hactl.track/1", .view = view_objects, .takes = LOOK},
    {.syntax = "show vs", .help = "all virtual services, one line each",
	.kind = COMMAND_LIST, .asks = ASKS_CHECKD, .method = "vs",
	.schema = "hactl.vs/1", .view = view_services, .takes = LOOK},
    {.syntax = "show vs VS [detail]", .help = "all about one virtual service",
	.asks = ASKS_CHECKD, .method = "get", .params = request_path,
	.schema = "hactl.vs/1", .view = view_objects, .takes = LOOK},
    {.syntax = "show real(s) [VS [REAL]] [state STATE]", .help = "real servers, one line each",
	.kind = COMMAND_LIST, .asks = ASKS_CHECKD, .method = "real",
	.schema = "hactl.real/1", .view = view_reals, .takes = LOOK},
    {.syntax = "show peer", .help = "what the daemons know of each other",
	.kind = COMMAND_LIST, .asks = ASKS_BOTH, .method = "peer",
	.schema = "hactl.peer/1", .view = view_peers, .takes = LOOK},
    {.syntax = "[show] version", .help = "the versions of hactl and of the daemons",
	.kind = COMMAND_HELLO, .asks = ASKS_BOTH,
	.schema = "hactl.version/1", .view = view_version,
	.tells_absent = true},
    {.syntax = "explain [instance] NAME", .help = "why it is in this state, and what decides",
	.asks = ASKS_VRRPD, .method = "explain", .params = request_path,
	.schema = "hactl.explain/1", .view = view_explain, .takes = LOOK},
    {.syntax = "explain vs VS", .help = "why a virtual service is in its state",
	.asks = ASKS_CHECKD, .method = "explain", .params = request_path,
	.schema = "hactl.explain/1", .view = view_explain, .takes = LOOK},
    {.syntax = "doctor", .help = "what is wrong with this node, and what to do",
	.kind = COMMAND_DOCTOR, .asks = ASKS_VRRPD, .method = "doctor",
	.schema = "hactl.doctor/1", .view = view_doctor,
	.more = "Looks at what vrrpd knows, and as root at firewall rules and at who else "
	    "answers for the addresses. Exit status 0 when there is neither an error nor "
	    "a warning, else 1."},
    {.syntax = "metrics [textfile]", .help = "numbers for a monitoring system",
	.kind = COMMAND_METRICS, .asks = ASKS_BOTH, .method = "metrics",
	.schema = "hactl.metrics/1", .view = view_metrics,
	.more = "In the format of OpenMetrics; with \"textfile\" in the older one of "
	    "Prometheus, which node_exporter reads from files."},
    {.syntax = "is-master [instance] NAME", .help = "exit status 0 yes, 1 no, 3 cannot tell",
	.kind = COMMAND_IS_MASTER, .asks = ASKS_VRRPD, .method = "get",
	.params = request_path, .schema = "hactl.is-master/1", .view = view_is},
    {.syntax = "is-up VS", .help = "exit status 0 yes, 1 no, 3 cannot tell",
	.kind = COMMAND_IS_UP, .asks = ASKS_CHECKD, .method = "get",
	.params = request_path, .schema = "hactl.is-up/1", .view = view_is,
	.more = "VS is a virtual service; VS/ADDR:PORT is one of its real servers."},
    {.syntax = "watch [instance(s) | lease(s) | all] [NAME...] [since POSITION] [count N]",
	.help = "a line for everything that happens, as it happens",
	.kind = COMMAND_WATCH, .asks = ASKS_BOTH, .method = "subscribe",
	.schema = "hactl.event/1", .view = view_events,
	.more = "Ends with Ctrl-C, or after N events. POSITION is EPOCH:SEQ of the last "
	    "line that was seen, with a comma between those of two daemons; when what followed is no longer known, or POSITION is "
	    "empty, all that is comes first. With -j a JSON object on each line."},
    {.syntax = "watch vs [VS...] [since POSITION] [count N]",
	.help = "a line for everything that happens to virtual services",
	.kind = COMMAND_WATCH, .asks = ASKS_CHECKD, .method = "subscribe",
	.schema = "hactl.event/1", .view = view_events,
	.more = "As for instances."},
    {.syntax = "log [NAME...] [N] [since T [N]] [follow]", .help = "the last events",
	.kind = COMMAND_LOG, .asks = ASKS_BOTH, .method = "log.tail",
	.schema = "hactl.log/1", .view = view_events,
	.more = "N is 20 unless given; T is how long ago. With NAMEs only what concerns "
	    "these. With \"follow\" also those to come, until Ctrl-C."},
    {.syntax = "wait ([instance] NAME state STATE | synced)",
	.help = "wait until an instance has a state, or the roles are settled",
	.kind = COMMAND_WAIT, .asks = ASKS_VRRPD, .method = "subscribe",
	.schema = "hactl.wait/1", .view = view_waited,
	.more = "At most for the time of --timeout, one minute unless given; then the exit "
	    "status is 7, or 3 when the daemon does not answer."},
    {.syntax = "wait (vs VS state STATE | drained VS REAL)",
	.help = "wait until a service has a state, or a real server no connections",
	.kind = COMMAND_WAIT, .asks = ASKS_CHECKD, .method = "subscribe",
	.schema = "hactl.wait/1", .view = view_waited,
	.more = "As for instances."},
    {.syntax = "failover ([instance] NAME | group GROUP | all) [hold T | [hold] until CLOCK]",
	.help = "hand the role to another router",
	.kind = COMMAND_MOVE, .asks = ASKS_VRRPD, .method = "failover",
	.params = request_failover, .schema = "hactl.move/1", .view = view_moved,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = MOVE | OPTION_BIT(OPTION_METHOD) | OPTION_BIT(OPTION_FORCE),
	.more = "The addresses stay until the new master was heard, so no packet is lost. "
	    "Exit status 0 only when the role was seen to move; 7 when nobody took over, "
	    "and this node is still master. \"hold\" says how long this node then stays "
	    "out of the way (10m). --method=yield does not resign but advertises priority "
	    "1: slower, and peers with nopreempt do not come. --force resigns and lets go "
	    "at once: for a sick node, with an outage. \"all\": every instance that is "
	    "MASTER here, at once; exit status 8 when some moved and some did not."},
    {.syntax = "takeover ([instance] NAME | group GROUP | all) [for T | [for] until CLOCK]",
	.help = "take the role from its master",
	.kind = COMMAND_MOVE, .asks = ASKS_VRRPD, .method = "takeover",
	.params = request_takeover, .schema = "hactl.move/1", .view = view_moved,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = MOVE,
	.more = "Exit status 0 only when this node is master and the other fell silent; 7 "
	    "when the other keeps advertising. \"all\": every instance that is BACKUP "
	    "here; exit status 8 when some were taken and some were not."},
    {.syntax = "set [instance] NAME (priority N | nopreempt (on | off) | preempt-delay T | "
	"garp-master-delay T | garp-master-repeat N | garp-master-refresh T | "
	"garp-master-refresh-repeat N | garp-lower-prio-delay T | garp-lower-prio-repeat N | "
	"track TRACK weight N)... "
	"[for T | [for] until CLOCK] [confirm T]",
	.help = "change values while it runs",
	.asks = ASKS_VRRPD, .method = "apply", .params = request_set,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_NEEDED, .takes = EDIT,
	.more = "With \"for\" the change undoes itself, which an operator has to give; "
	    "without it the change stays until \"unset\" or a reboot, and needs an admin. "
	    "With \"confirm\" it undoes itself unless \"confirm\" is said within T."},
    {.syntax = "unset [instance] NAME (priority | nopreempt | preempt-delay | "
	"garp-master-delay | garp-master-repeat | garp-master-refresh | "
	"garp-master-refresh-repeat | garp-lower-prio-delay | garp-lower-prio-repeat | "
	"track TRACK weight)...",
	.help = "back to what the configuration file says",
	.kind = COMMAND_TAKE_BACK, .asks = ASKS_VRRPD, .method = "apply", .params = request_unset,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_ADMIN, .takes = EDIT},
    {.syntax = "set vs VS (FIELD VALUE)... [for T | [for] until CLOCK]",
	.help = "change a virtual service while it runs",
	.asks = ASKS_CHECKD, .method = "apply", .params = request_set_any,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_NEEDED, .takes = EDIT},
    {.syntax = "set real VS REAL weight WEIGHT [for T | [for] until CLOCK]",
	.help = "change the weight of a real server",
	.asks = ASKS_CHECKD, .method = "apply", .params = request_set_any,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_NEEDED, .takes = EDIT,
	.more = "WEIGHT is a number, or a part of the present one such as 50%."},
    {.syntax = "unset vs VS FIELD...", .help = "back to what the configuration file says",
	.asks = ASKS_CHECKD, .method = "apply", .params = request_unset_any,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_ADMIN, .takes = EDIT},
    {.syntax = "unset real VS REAL weight", .help = "back to what the configuration file says",
	.asks = ASKS_CHECKD, .method = "apply", .params = request_unset_any,
	.schema = "hactl.apply/1", .view = view_applied,
	.role = CTL_ROLE_ADMIN, .takes = EDIT},
    {.syntax = "drain (real VS REAL | any REAL) [for T | [for] until CLOCK]",
	.help = "no new connections for a real server",
	.asks = ASKS_CHECKD, .method = "drain", .params = request_drain,
	.schema = "hactl.drain/1", .view = view_done, .role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN,
	.takes = CHANGE | OPTION_BIT(OPTION_WAIT),
	.more = "With --wait until the last connection has ended; exit status 7 when some "
	    "have not. \"any\": of all services that have it."},
    {.syntax = "undrain (real VS REAL | any REAL)",
	.help = "new connections for a real server again",
	.asks = ASKS_CHECKD, .method = "undrain", .params = request_target,
	.schema = "hactl.undrain/1", .view = view_done, .role = CTL_ROLE_OPERATOR,
	.takes = CHANGE},
    {.syntax = "check-now VS [REAL]", .help = "check a service or a real server at once",
	.asks = ASKS_CHECKD, .method = "check.now", .params = request_target,
	.schema = "hactl.check-now/1", .view = view_done, .role = CTL_ROLE_OPERATOR,
	.takes = CHANGE},
    {.syntax = "diff [file | saved | running] [file | saved | running]",
	.help = "values that differ between the file, what was saved and what runs",
	.kind = COMMAND_DIFF, .asks = ASKS_BOTH, .method = "config.diff",
	.params = request_diff, .schema = "hactl.diff/1", .view = view_diff,
	.more = "The file and what runs unless given. Exit status 1 when some differ."},
    {.syntax = "save [NAME...]", .help = "keep live edits for good, over a reboot",
	.asks = ASKS_OWNER, .method = "config.save", .params = request_objects,
	.schema = "hactl.save/1", .view = view_saved,
	.role = CTL_ROLE_ADMIN, .takes = CHANGE,
	.more = "They are kept beside the configuration file, which is not written to."},
    {.syntax = "discard [saved] [NAME...]", .help = "drop live edits",
	.asks = ASKS_OWNER, .method = "config.discard", .params = request_objects,
	.schema = "hactl.discard/1", .view = view_discarded,
	.role = CTL_ROLE_ADMIN, .takes = CHANGE,
	.more = "With \"saved\" also what was saved."},
    {.syntax = "audit [N] [since T [N]]", .help = "who changed what, and why",
	.kind = COMMAND_ITEMS, .asks = ASKS_BOTH, .method = "audit.list",
	.params = request_audit, .schema = "hactl.audit/1", .view = view_audit,
	.role = CTL_ROLE_OPERATOR, .more = "N is 20 unless given; T is how long ago."},
    {.syntax = "confirm [ID] [vrrpd | checkd]", .help = "keep a change that waits to be confirmed",
	.asks = ASKS_OWNER, .method = "confirm", .params = request_confirm,
	.schema = "hactl.confirm/1", .view = view_confirmed,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE},
    {.syntax = "hold ([instance] NAME | group GROUP | all) (for T | [for] until CLOCK)",
	.help = "stay behind: serve only when there is nobody else",
	.asks = ASKS_VRRPD, .method = "hold", .params = request_hold,
	.schema = "hactl.hold/1", .view = view_held,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE},
    {.syntax = "hold clear ([instance] NAME | group GROUP | all)", .help = "end a hold before its time",
	.kind = COMMAND_TAKE_BACK, .asks = ASKS_VRRPD, .method = "hold", .params = request_hold,
	.schema = "hactl.hold/1", .view = view_held,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE},
    {.syntax = "maintenance on [node | [instance] NAME | group GROUP] (for T | [for] until CLOCK) "
	"[out] [stay]",
	.help = "take this node, or an instance, out of service for a while",
	.kind = COMMAND_MAINTENANCE, .asks = ASKS_VRRPD, .method = "maintenance",
	.params = request_maintenance, .schema = "hactl.maintenance/1",
	.view = view_maintenance, .role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = MOVE,
	.more = "Roles are handed over first. Exit status 7 when nobody took over: the "
	    "maintenance stands, and this node serves on as the last resort. \"out\": "
	    "not that either, once another is master. \"stay\": the role is not taken "
	    "back at the end."},
    {.syntax = "maintenance off [node | [instance] NAME | group GROUP]",
	.help = "end the maintenance",
	.kind = COMMAND_TAKE_BACK, .asks = ASKS_VRRPD, .method = "maintenance", .params = request_maintenance,
	.schema = "hactl.maintenance/1", .view = view_maintenance,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE},
    {.syntax = "maintenance extend [node | [instance] NAME | group GROUP] (T | until CLOCK)",
	.help = "let the maintenance last for a time from now",
	.asks = ASKS_VRRPD, .method = "maintenance", .params = request_maintenance,
	.schema = "hactl.maintenance/1", .view = view_maintenance,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE},
    {.syntax = "maintenance run ([for T] [out] [stay] -- CMD... | "
	"(node | [instance] NAME | group GROUP) [for T] [out] [stay] [--] CMD...)",
	.help = "maintenance while a program runs",
	.kind = COMMAND_MAINTENANCE_RUN, .asks = ASKS_VRRPD, .method = "maintenance",
	.params = request_maintenance, .schema = "hactl.maintenance/1",
	.view = view_maintenance, .role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = MOVE,
	.more = "Of the whole node unless something is named. Put \"--\" before a CMD "
	    "with options, or where nothing is named. The maintenance is a lease of T, one "
	    "minute unless given, renewed while CMD runs: it ends by itself when hactl or "
	    "the host dies. Exit status that of CMD, 125 when it was not started, as when "
	    "nobody took over."},
    {.syntax = "maintenance on (vs VS | real VS REAL) (for T | [for] until CLOCK)",
	.help = "take a service or a real server out of the way for a while",
	.asks = ASKS_CHECKD, .method = "maintenance", .params = request_maintenance,
	.schema = "hactl.maintenance/1", .view = view_maintenance,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE},
    {.syntax = "maintenance run (vs VS | real VS REAL) [for T] [--] CMD...",
	.help = "maintenance of a service or a real server while a program runs",
	.kind = COMMAND_MAINTENANCE_RUN, .asks = ASKS_CHECKD, .method = "maintenance",
	.params = request_maintenance, .schema = "hactl.maintenance/1",
	.view = view_maintenance, .role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE,
	.more = "As for the node."},
    {.syntax = "maintenance off (vs VS | real VS REAL)", .help = "end its maintenance",
	.asks = ASKS_CHECKD, .method = "maintenance", .params = request_maintenance,
	.schema = "hactl.maintenance/1", .view = view_maintenance,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE},
    {.syntax = "maintenance extend (vs VS | real VS REAL) (T | until CLOCK)",
	.help = "let its maintenance last for a time from now",
	.asks = ASKS_CHECKD, .method = "maintenance", .params = request_maintenance,
	.schema = "hactl.maintenance/1", .view = view_maintenance,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE},
    {.syntax = "garp [instance] NAME", .help = "announce the addresses once more",
	.asks = ASKS_VRRPD, .method = "garp", .params = request_target,
	.schema = "hactl.garp/1", .view = view_announced,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE},
    {.syntax = "log level LEVEL [vrrpd | checkd] [for T | [for] until CLOCK]",
	.help = "how much the daemons log",
	.asks = ASKS_BOTH, .method = "log.level", .params = request_log_level,
	.schema = "hactl.log-level/1", .view = view_log_level,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_NEEDED, .takes = CHANGE,
	.more = "Of both unless one is named. Without \"for\" only an admin can."},
    {.syntax = "lease list", .help = "the edits that end by themselves",
	.kind = COMMAND_LIST, .asks = ASKS_BOTH, .method = "lease",
	.schema = "hactl.lease/1", .view = view_leases, .takes = LOOK},
    {.syntax = "lease renew ID (T | until CLOCK) [vrrpd | checkd]", .help = "let a lease end later or sooner",
	.asks = ASKS_OWNER, .method = "lease.renew", .params = request_renew,
	.schema = "hactl.lease-renew/1", .view = view_renewed,
	.role = CTL_ROLE_OPERATOR, .lease = LEASE_GIVEN, .takes = CHANGE,
	.more = "T is counted from now. Of another's lease only an admin can."},
    {.syntax = "lease release ID [vrrpd | checkd]", .help = "end a lease before its time",
	.kind = COMMAND_RELEASE, .asks = ASKS_OWNER, .method = "lease.release", .params = request_release,
	.schema = "hactl.lease-release/1", .view = view_released,
	.role = CTL_ROLE_OPERATOR, .takes = CHANGE,
	.more = "Of another's lease only an admin can, and is asked before."},
    {.syntax = "reload [vrrpd | checkd] [repair]", .help = "read the configuration file anew",
	.kind = COMMAND_RELOAD, .asks = ASKS_BOTH, .method = "reload",
	.params = request_reload,
	.schema = "hactl.reload/1", .view = view_reloaded, .role = CTL_ROLE_ADMIN,
	.takes = CHANGE | OPTION_BIT(OPTION_FORCE) | OPTION_BIT(OPTION_DRY_RUN),
	.more = "An error in the file leaves everything as it was; exit status 1. One that "
	    "leaves no instance, or no service, of those in use is refused, exit status 6, "
	    "without --force: it was more often cut short than meant. "
	    "Asks before an instance is removed that is MASTER here. "
	    "With --dry-run it is compared with what runs, and nothing is changed. "
	    "With \"repair\" every address is compared with the kernel's own afterwards: "
	    "what is missing is put back, and what is nobody's is removed."},
    {.syntax = "config test [FILE] [as HOST]", .help = "check a configuration file; needs no daemon",
	.kind = COMMAND_CONFIG_TEST, .schema = "hactl.config-test/1",
	.more = "Exit status 0 when it runs, with or without warnings, 1 when it has "
	    "errors, 2 when it cannot be read. Lines with @ID are read as the running "
	    "daemon does, or as HOST; an error on other hosts only is a warning."},
    {.syntax = "config show [FILE] [as HOST]", .help = "print a configuration file in canonical form",
	.kind = COMMAND_CONFIG_SHOW, .schema = "hactl.config/1",
	.more = "Files that are included are merged, macros replaced, secrets hidden. "
	    "Of the lines with @ID those of the running daemon are there, or of HOST."},
    {.syntax = "check [instance(s)] [NAME...]",
	.help = "one line and an exit status for a monitoring system",
	.kind = COMMAND_CHECK, .asks = ASKS_VRRPD, .method = "list",
	.schema = "hactl.check/1", .view = view_check,
	.takes = OPTION_BIT(OPTION_PERFDATA),
	.more = "Without words of the whole node. Exit status 0 OK, 1 WARNING, 2 CRITICAL, "
	    "3 UNKNOWN. A daemon that should run and does not answer is CRITICAL."},
    {.syntax = "check vs [VS...]", .help = "the same of virtual services",
	.kind = COMMAND_CHECK, .asks = ASKS_CHECKD, .method = "list",
	.schema = "hactl.check/1", .view = view_check,
	.takes = OPTION_BIT(OPTION_PERFDATA)},
    {.syntax = "check peer", .help = "the same of both daemons, which should run and hear each other",
	.kind = COMMAND_CHECK, .asks = ASKS_VRRPD, .method = "status",
	.schema = "hactl.check/1", .view = view_check,
	.takes = OPTION_BIT(OPTION_PERFDATA)},
    {.syntax = "describe [KIND | NAME]",
	.help = "methods and events of the daemons, or the fields of a kind or an object",
	.asks = ASKS_OWNER, .method = "describe", .params = request_describe,
	.schema = "hactl.describe/1", .view = view_describe},
    {.syntax = "call (vrrpd | checkd) METHOD [PARAM...]", .help = "call a method of a daemon",
	.asks = ASKS_NAMED, .params = request_call,
	.schema = "hactl.call/1", .view = view_raw,
	.more = "PARAM is KEY=VALUE, where VALUE is JSON or else a string, or one JSON "
	    "object with all of them. Methods are in haven-protocol(7)."},
    {.syntax = "help [WORD...]", .help = "the commands, or those that begin with the words",
	.kind = COMMAND_HELP, .schema = "hactl.help/1"},
    {.syntax = "history", .help = "the lines typed before",
	.kind = COMMAND_HISTORY},
    {.syntax = "(exit | quit)", .help = "leave", .kind = COMMAND_EXIT},
};

static const struct { const char *token, *help; } word_helps[] = {
    {"show", "look at things"},
    {"watch", "a line for everything that happens, as it happens"},
    {"config", "check or print a configuration file"},
    {"instance", "VRRP instances: all, or one by its name"},
    {"textfile", "as node_exporter reads it"},
    {"detail", "with timers and all counters"},
    {"priority", "the highest becomes master"},
    {"nopreempt", "whether a lower master is left alone"},
    {"on", "yes"},
    {"off", "no"},
    {"maintenance on", "begin it"},
    {"maintenance off", "end it"},
    {"run", "while a program runs"},
    {"hold", "stay out of the way for a while"},
    {"for", "undo by itself"},
    {"until", "undo by itself at this time of day"},
    {"vrrpd", "the daemon of the virtual routers"},
    {"checkd", "the daemon of the health checks"},
    {"release", "end a lease before its time"},
    {"preempt-delay", "how long a higher priority waits before it takes the role"},
    {"garp-master-delay", "when a new Master announces a second time"},
    {"garp-master-repeat", "how often it announces each time"},
    {"garp-master-refresh", "how often a Master announces anew; 0: never"},
    {"garp-master-refresh-repeat", "how often it announces each of those times"},
    {"garp-lower-prio-delay", "when to announce after an advertisement of a lower Master"},
    {"garp-lower-prio-repeat", "how often to announce then"},
    {"confirm", "keep a change, which else undoes itself"},
    {"node", "all of this node"},
    {"maintenance", "take this node, or an instance, out of service for a while"},
    {"out", "do not even serve as the last resort"},
    {"repair", "compare with the kernel, put right what differs"},
    {"stay", "do not take the role back at the end"},
    {"log", "the last events, or how much is logged"},
    {"CMD", "a program and its arguments"},
    {"--", "all that follows is the program"},
    {"LEVEL", "debug, info, notice, warning, err"},
    {"file", "what the configuration file says"},
    {"saved", "what was saved for good"},
    {"running", "what is in use"},
    {"KIND", "a kind of objects, such as instance"},
    {"ID", "a lease, as \"show leases\" lists them"},
    {"NAME", "name of a VRRP instance"},
    {"N", "a whole number"},
    {"T", "a time: 90 or 90s, 15m, 2h, 1d"},
    {"CLOCK", "a time of day: 05:30"},
    {"FILE", "a file, the one that is in use unless given"},
    {"as", "with the @ID lines of another host"},
    {"HOST", "the name that @ID lines are compared with"},
    {"METHOD", "a method of the daemon"},
    {"PARAM", "KEY=VALUE, or one JSON object"},
    {"POSITION", "EPOCH:SEQ of the last event that was seen"},
    {"STATE", "MASTER, BACKUP, FAULT, INITIALIZE; of services up, down"},
    {"show STATE", "up, down"},
    {"since", "those of the last T"},
    {"watch since", "go on after an event"},
    {"count", "end after so many events"},
    {"state", "until it has this state"},
    {"show state", "only those in this state"},
    {"lease", "edits that end by themselves"},
    {"all", "everything"},
    {"follow", "go on with those to come"},
    {"explain", "why something is in its state, and what decides"},
    {"set", "change values while it runs"},
    {"unset", "back to what the configuration file says"},
    {"wait", "wait until something is so"},
    {"drained", "the last connection has ended"},
    {"extend", "let a maintenance last for a time from now"},
    {"check", "one line and an exit status for a monitoring system"},
    {"peer", "both daemons, and whether they hear each other"},
    {"stats", "what was counted: packets, refused ones by reason"},
    {"GROUP", "name of a sync group"},
    {"TRACK", "name of something that is tracked"},
    {"VS", "name of a virtual service"},
    {"REAL", "a real server, ADDR:PORT"},
    {"FIELD", "what to change, as \"describe vs\" lists it"},
    {"VALUE", "a number, on, off or a word"},
    {"WEIGHT", "a number, or a part such as 50%"},
    {"vs", "virtual services: all, or one by its name"},
    {"real", "real servers of virtual services"},
    {"any", "wherever it is a real server"},
    {"weight", "how much it counts"},
    {"group", "a sync group by its name"},
    {"track", "what priorities follow"},
    {"WORD", "the first words of a command"},
};
/* clang-format on */

const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const char *
cmd_table_word_help(const char *token)
{
	for (size_t i = 0; i < sizeof(word_helps) / sizeof(word_helps[0]); i++) {
		if (strcmp(word_helps[i].token, token) == 0)
			return word_helps[i].help;
	}
	return NULL;
}

struct cmdtree *
cmd_table_tree(void)
{
	struct cmdtree *tree = must(cmdtree_new());

	for (size_t i = 0; i < command_count; i++) {
		if (cmdtree_add(tree, commands[i].syntax) != (int)i)
			abort();
	}
	return tree;
}
