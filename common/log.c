/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - one line per fact, to the journal with fields or to stderr.
 *
 * An advertisement must never wait for a log line. So each way out is asked by poll(2)
 * whether it takes a line at once; when it does not, the line is counted, and the count
 * is reported with the next line that goes out.
 */
#include "common/log.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "common/clock.h"
#include "common/units.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* A line with its head must fit one atomic write to a pipe. */
#define LINE_SIZE (PIPE_BUF - 256)
#define FIELDS_MAX 16
#define FIELD_SIZE 512

static const char *const level_names[] = {
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

static struct {
	const char *program;
	bool to_journal;       /* lines go to the journal by its own protocol */
	bool stderr_is_stream; /* stderr leads to the journal, which reads "<N>" */
	int max_level;
	int probe_fd; /* on the journal's socket, only to ask for room; or -1 */
	uint64_t lost;
} out = {.program = "haven", .max_level = LOG_INFO, .probe_fd = -1};

/* Whether stderr is the stream that systemd gave this process ("device:inode"). */
static bool
stderr_leads_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (stream == NULL || sscanf(stream, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static int
connect_probe(void)
{
	const struct sockaddr_un address = {
	    .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
log_open(const char *program, enum log_target target, int max_level)
{
	out.program = program;
	out.max_level = max_level;
	out.stderr_is_stream = stderr_leads_to_journal();
	out.to_journal = target == LOG_TARGET_JOURNAL ||
			 (target == LOG_TARGET_AUTO && out.stderr_is_stream);
	if (out.probe_fd >= 0)
		(void)close(out.probe_fd);
	out.probe_fd = out.to_journal ? connect_probe() : -1;
}

void
log_set_level(int max_level)
{
	out.max_level = max_level;
}

int
log_level(void)
{
	return out.max_level;
}

static bool
takes_output(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

/* Whether `text` begins with a control character (in UTF-8, C1 too), with which a name
 * from outside could move the reader's cursor. */
static bool
is_control(const unsigned char *text)
{
	return *text < 0x20 || *text == 0x7f ||
	       (*text == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0);
}

/* Copies `text` with control characters as \xNN; cuts what does not fit. */
static void
escape(char *to, size_t room, const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t len = 0;

	for (; *from != '\0' && len + sizeof("\\xNN") <= room; from++)
		if (is_control(from))
			len += (size_t)snprintf(to + len, room - len, "\\x%02x", *from);
		else
			to[len++] = (char)*from;
	to[len] = '\0';
}

/* Sends the line by the journal's own protocol. */
static bool
write_journal(
    int level, const struct log_field fields[], unsigned count, const char *line)
{
	char text[3 + FIELDS_MAX][FIELD_SIZE], message[LINE_SIZE + sizeof("MESSAGE=")];
	struct iovec iov[1 + 3 + FIELDS_MAX];
	int iovs = 0;

	/* Without its socket libsystemd would throw the line away and call it sent. */
	if (out.probe_fd < 0)
		out.probe_fd = connect_probe();
	if (out.probe_fd < 0 || !takes_output(out.probe_fd))
		return false;
	(void)snprintf(message, sizeof(message), "MESSAGE=%s", line);
	iov[iovs++] = (struct iovec){message, strlen(message)};
	(void)snprintf(text[0], FIELD_SIZE, "PRIORITY=%d", level);
	(void)snprintf(text[1], FIELD_SIZE, "SYSLOG_IDENTIFIER=%s", out.program);
	(void)snprintf(text[2], FIELD_SIZE, "SYSLOG_FACILITY=%d", LOG_DAEMON >> 3);
	for (unsigned i = 0; i < count && i < FIELDS_MAX; i++)
		(void)snprintf(
		    text[3 + i], FIELD_SIZE, "%s=%s", fields[i].name, fields[i].value);
	for (unsigned i = 0; i < 3 + count && i < 3 + FIELDS_MAX; i++)
		iov[iovs++] = (struct iovec){text[i], strlen(text[i])};
	return sd_journal_sendv(iov, iovs) == 0;
}

static bool
write_stderr(int level, const char *line)
{
	char text[PIPE_BUF], now[UNITS_TEXT_SIZE];
	int len;

	if (!takes_output(STDERR_FILENO))
		return false;
	if (out.stderr_is_stream)
		len = snprintf(text, sizeof(text), "<%d>%s\n", level, line);
	else
		len = snprintf(text, sizeof(text), "%s %.64s %s: %s\n",
		    units_format_rfc3339(now, clock_realtime_us()), out.program,
		    level_names[level & LOG_PRIMASK], line);
	return write(STDERR_FILENO, text, (size_t)len) == len;
}

/* Where the journal is wanted but does not answer, stderr is better than silence. */
static bool
write_line(int level, const struct log_field fields[], unsigned count, const char *line)
{
	if (out.to_journal && write_journal(level, fields, count, line))
		return true;
	return write_stderr(level, line);
}

/* Says how many lines nobody took, once somebody does. */
static void
report_lost(void)
{
	char line[64];
	uint64_t lost = out.lost;

	if (lost == 0)
		return;
	(void)snprintf(line, sizeof(line),
	    "log: %llu lines lost, their reader was busy", (unsigned long long)lost);
	if (write_line(LOG_WARNING, NULL, 0, line))
		out.lost -= lost;
}

static void __attribute__((format(printf, 4, 0))) log_va(int level,
    const struct log_field fields[], unsigned count, const char *format, va_list args)
{
	char raw[LINE_SIZE], line[LINE_SIZE];

	if (level > out.max_level)
		return;
	(void)vsnprintf(raw, sizeof(raw), format, args);
	escape(line, sizeof(line), raw);
	report_lost();
	if (!write_line(level, fields, count, line))
		out.lost++;
}

void
log_fields(
    int level, const struct log_field fields[], unsigned count, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(level, fields, count, format, args);
	va_end(args);
}

void
log_err(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_ERR, NULL, 0, format, args);
	va_end(args);
}

void
log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_WARNING, NULL, 0, format, args);
	va_end(args);
}

void
log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_NOTICE, NULL, 0, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_INFO, NULL, 0, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_va(LOG_DEBUG, NULL, 0, format, args);
	va_end(args);
}

bool
log_limit_pass(struct log_limit *limit, int64_t now_us, uint64_t *ret_held)
{
	if (limit->last_us != 0 && now_us - limit->last_us < LOG_LIMIT_US) {
		limit->held++;
		return false;
	}
	*ret_held = limit->held;
	limit->last_us = now_us;
	limit->held = 0;
	return true;
}
