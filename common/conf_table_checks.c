/* SPDX-License-Identifier: Apache-2.0 */
/* conf_table_checks.c - the words of the health checks. */
#include "common/conf_table.h"

#define WEB (CONF_IN(HTTP) | CONF_IN(SSL_GET))
#define ON_NETWORK                                                                     \
	(WEB | CONF_IN(TCP) | CONF_IN(PING) | CONF_IN(UDP) | CONF_IN(SMTP) | CONF_IN(DNS))
#define ALL_CHECKS                                                                     \
	(ON_NETWORK | CONF_IN(MISC) | CONF_IN(FILE_CHECK) | CONF_IN(BFD_CHECK))

// clang-format off
const struct conf_row conf_table_checks[] = {
	{"HTTP_GET", CONF_IN(RS), BLOCK(HTTP), ARE(REPEAT), C("Fetches pages by HTTP.")},
	{"SSL_GET", CONF_IN(RS), BLOCK(SSL_GET), ARE(REPEAT), C("Fetches pages by HTTPS.")},
	{"TCP_CHECK", CONF_IN(RS), BLOCK(TCP), ARE(REPEAT), C("Connects by TCP.")},
	{"PING_CHECK", CONF_IN(RS), BLOCK(PING), ARE(REPEAT), C("Waits for an ICMP echo.")},
	{"UDP_CHECK", CONF_IN(RS), BLOCK(UDP), ARE(REPEAT), C("Sends a datagram.")},
	{"SMTP_CHECK", CONF_IN(RS), BLOCK(SMTP), ARE(REPEAT), C("Greets a mail server.")},
	{"DNS_CHECK", CONF_IN(RS), BLOCK(DNS), ARE(REPEAT), C("Asks a name server.")},
	{"MISC_CHECK", CONF_IN(RS), BLOCK(MISC), ARE(REPEAT), C("Runs a program.")},
	{"FILE_CHECK", CONF_IN(RS), BLOCK(FILE_CHECK), ARE(REPEAT), C("Follows a track_file.")},
	{"BFD_CHECK", CONF_IN(RS), BLOCK(BFD_CHECK), ARE(REPEAT), C("Follows a bfd_instance.")},
	/* common */
	{"connect_ip", ON_NETWORK | CONF_IN(HOST), ADDRESS(), DEFAULT("that of the server"), C("The address to check.")},
	{"connect_port", ON_NETWORK | CONF_IN(HOST), INT(1, 65535), DEFAULT("that of the server"), C("The port to check.")},
	{"bindto", ON_NETWORK | CONF_IN(HOST), ADDRESS(), DEFAULT("any"), C("The source address.")},
	{"bind_port", ON_NETWORK | CONF_IN(HOST), INT(1, 65535), DEFAULT("any"), C("The source port.")},
	{"bind_if", ON_NETWORK | CONF_IN(HOST), IFNAME(), C("The interface, for link-local addresses.")},
	{"connect_timeout", ON_NETWORK | CONF_IN(HOST), SECONDS(1, U32_MAX * S), DEFAULT("that of the server"), C("Time limit for connecting.")},
	{"fwmark", ON_NETWORK | CONF_IN(HOST), INT(0, U32_MAX), DEFAULT("0"), C("The mark of the packets.")},
	{"retry", ALL_CHECKS, INT(0, U32_MAX), DEFAULT("1, DNS_CHECK 3, MISC_CHECK 0"), C("Further attempts before the server is down.")},
	{"delay_before_retry", ALL_CHECKS, SECONDS(0, U32_MAX * S), DEFAULT("1, HTTP_GET 3, DNS_CHECK delay_loop"), C("Gap between attempts.")},
	{"warmup", ALL_CHECKS, SECONDS(0, U32_MAX * S), DEFAULT("delay_loop"), C("The first check comes at a random moment within this time.")},
	{"delay_loop", ALL_CHECKS, SECONDS(1, U32_MAX * S), DEFAULT("that of the server"), C("Time between checks.")},
	{"alpha", ALL_CHECKS, FLAG(), C("This check starts as failed.")},
	{"log_all_failures", ALL_CHECKS, BOOL(), DEFAULT("checker_log_all_failures"), C("Logs every failure, not only changes.")},
	/* HTTP_GET and SSL_GET */
	{"url", WEB, BLOCK(URL), ARE(REPEAT), C("A page to fetch.")},
	{"path", CONF_IN(URL), WORD("PATH"), DEFAULT("/"), C("The path of the page.")},
	{"digest", CONF_IN(URL), WORD("HEX"), C("The MD5 of the page.")},
	{"status_code", CONF_IN(URL), WORDS("N|N-M ...", 1, 64), DEFAULT("200-299"), C("The status codes that are good.")},
	{"regex", CONF_IN(URL), .type = CONF_TYPE_COMMAND, .args = "PATTERN", .args_min = 1, .args_max = 1, C("A pattern the page must match.")},
	{"regex_no_match", CONF_IN(URL), FLAG(), C("The page must not match.")},
	{"regex_options", CONF_IN(URL), WORDS("OPTION ...", 1, 16), C("Options of the pattern.")},
	{"regex_min_offset", CONF_IN(URL), INT(0, U32_MAX), UNIT("bytes"), C("Where matching begins.")},
	{"regex_max_offset", CONF_IN(URL), INT(0, U32_MAX), UNIT("bytes"), C("Where matching ends.")},
	{"regex_stack", CONF_IN(URL), WORDS("START MAX", 2, 2), UNIT("bytes"), C("Memory of the matcher.")},
	{"nb_get_retry", WEB, INT(0, U32_MAX), C("An old name of retry.")},
	{"http_protocol", WEB, CHOICE("1.0 1.0C 1.1"), DEFAULT("1.0"), C("The version of HTTP.")},
	{"enable_sni", WEB, FLAG(), C("Sends the host name in the TLS greeting.")},
	{"sni_name", WEB, WORD("NAME"), C("Another name for it.")},
	{"fast_recovery", WEB, FLAG(), C("Does not wait between pages while recovering.")},
	{"tls_compliant", WEB | CONF_IN(URL), FLAG(), C("Insists on a full end of the TLS session.")},
	/* the SSL block at the top level */
	{"password", CONF_IN(SSL), WORD("TEXT"), ARE(SECRET), C("The password of the key.")},
	{"ca", CONF_IN(SSL), WORD("PATH"), C("The authorities.")},
	{"certificate", CONF_IN(SSL), WORD("PATH"), C("The certificate.")},
	{"key", CONF_IN(SSL), WORD("PATH"), C("The key.")},
	/* UDP_CHECK */
	{"payload", CONF_IN(UDP), WORDS("HEX ...", 1, 128), C("What is sent.")},
	{"require_reply", CONF_IN(UDP), WORDS("[HEX ...]", 0, 128), C("An answer must come, and match.")},
	{"min_reply_length", CONF_IN(UDP), INT(0, 65535), DEFAULT("0"), UNIT("bytes"), C("The shortest good answer.")},
	{"max_reply_length", CONF_IN(UDP), INT(0, 65535), DEFAULT("255"), UNIT("bytes"), C("The longest good answer.")},
	/* SMTP_CHECK */
	{"helo_name", CONF_IN(SMTP), WORD("NAME"), DEFAULT("smtpchecker.keepalived.org"), C("The name given.")},
	{"host", CONF_IN(SMTP), BLOCK(HOST), ARE(REPEAT), C("A further address to check.")},
	/* DNS_CHECK */
	{"type", CONF_IN(DNS), CHOICE("A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY"), DEFAULT("SOA"), C("What is asked for.")},
	{"name", CONF_IN(DNS), WORD("DOMAIN"), DEFAULT("."), C("The name asked for.")},
	/* MISC_CHECK */
	{"misc_path", CONF_IN(MISC), COMMAND(), C("The program and its arguments.")},
	{"misc_timeout", CONF_IN(MISC), SECONDS(0, GARP_S_MAX), DEFAULT("delay_loop"), C("A run that takes longer has failed.")},
	{"misc_dynamic", CONF_IN(MISC), FLAG(), C("An exit status of 2 to 255 sets the weight to itself less 2.")},
	/* FILE_CHECK and BFD_CHECK */
	{"track_file", CONF_IN(FILE_CHECK), WORD("NAME"), C("The track_file to follow.")},
	{"weight", CONF_IN(FILE_CHECK), .type = CONF_TYPE_INT, .args = "N [reverse|noreverse]", .args_min = 1, .args_max = 2, .min = -INT32_MAX, .max = INT32_MAX, DEFAULT("1"), C("The factor of the number.")},
	{"name", CONF_IN(BFD_CHECK), WORD("NAME"), C("The bfd_instance to follow.")},
	{.name = NULL},
};
// clang-format on
