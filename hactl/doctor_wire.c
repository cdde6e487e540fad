/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_wire.c - asks on the wire who answers for the virtual addresses.
 *
 * There may be thousands. So the questions of an interface leave one after the other,
 * far enough apart to disturb nobody, and the answers are taken as they come; who has
 * not answered a moment after the last question does not.
 */
#include "hactl/doctor_wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "hactl/doctor_answers.h"
#include "hactl/doctor_finding.h"
#include "hactl/must.h"
#include "hactl/view.h"

#define PACE_US (2 * US_PER_MS)
#define WAIT_US (200 * US_PER_MS)
#define ALL_US (10 * US_PER_S) /* nobody waits longer for a diagnosis */

struct question {
	const json_t *vip;
	const struct doctor_protocol *protocol;
	uint8_t address[DOCTOR_ADDRESS_SIZE];
	struct doctor_answers answers;
	bool over; /* asked, or nobody can be */
};

struct wire {
	struct question *questions;
	size_t count;
	int64_t until_us;
};

/* ---- addresses --------------------------------------------------------------- */

/* The address of a virtual address, without its prefix length; the caller frees it. */
static char *
address_of(const json_t *vip)
{
	char *address = must(strdup(view_string(vip, "address", "")));

	address[strcspn(address, "/")] = '\0';
	return address;
}

bool
doctor_is_virtual(const json_t *vips, const struct in6_addr *address)
{
	const json_t *vip;
	bool found = false;
	size_t i;

	json_array_foreach (vips, i, vip) {
		char *text = address_of(vip);
		struct in6_addr in6;

		found |= inet_pton(AF_INET6, text, &in6) == 1 &&
			 memcmp(&in6, address, sizeof(in6)) == 0;
		free(text);
	}
	return found;
}

static struct question
question_of(const json_t *vip)
{
	struct question question = {.vip = vip};
	char *text = address_of(vip);

	question.protocol = strchr(text, '.') != NULL ? &doctor_arp : &doctor_nd;
	question.over =
	    inet_pton(question.protocol->family, text, question.address) != 1;
	free(text);
	return question;
}

/* ---- questions and answers ------------------------------------------------------ */

static const char *
interface_of(const struct question *question)
{
	return view_string(question->vip, "interface", "");
}

/* Whether both are asked by the same link. */
static bool
is_alike(const struct question *a, const struct question *b)
{
	return a->protocol == b->protocol &&
	       strcmp(interface_of(a), interface_of(b)) == 0;
}

/* Whose question it was: the same address may be on two interfaces. */
static void
note_answer(const struct wire *wire, const struct question *like,
    const uint8_t address[DOCTOR_ADDRESS_SIZE], const uint8_t mac[6])
{
	for (size_t i = 0; i < wire->count; i++) {
		struct question *question = &wire->questions[i];

		if (is_alike(question, like) &&
		    memcmp(question->address, address, DOCTOR_ADDRESS_SIZE) == 0)
			doctor_answers_note(&question->answers, mac);
	}
}

static void
listen_for(const struct wire *wire, const struct doctor_link *link,
    const struct question *like, int64_t wait_us)
{
	int64_t until_us = clock_now_us() + wait_us, left_us;

	while ((left_us = until_us - clock_now_us()) > 0) {
		struct pollfd waiting = {.fd = link->fd, .events = POLLIN};
		uint8_t address[DOCTOR_ADDRESS_SIZE] = {0}, mac[6];

		if (poll(&waiting, 1, (int)(left_us / US_PER_MS) + 1) <= 0)
			continue;
		while (like->protocol->hear(link, address, mac)) {
			note_answer(wire, like, address, mac);
			memset(address, 0, sizeof(address));
		}
	}
}

/* Asks for all that the link of the first one is for. */
static void
ask_alike(struct wire *wire, size_t first, const json_t *vips)
{
	const struct question *like = &wire->questions[first];
	struct doctor_link link = {.fd = -1};
	bool open = like->protocol->open(&link, interface_of(like), vips);

	for (size_t i = first; i < wire->count; i++) {
		struct question *question = &wire->questions[i];

		if (question->over || !is_alike(question, like))
			continue;
		if (open && clock_now_us() >= wire->until_us)
			break;
		question->over = true;
		if (open && like->protocol->ask(&link, question->address))
			listen_for(wire, &link, like, PACE_US);
	}
	if (open) {
		listen_for(wire, &link, like, WAIT_US);
		(void)close(link.fd);
	}
}

/* ---- findings ----------------------------------------------------------------------
 */

static void
tell(json_t *findings, const struct question *question)
{
	char *address = address_of(question->vip);

	doctor_answers_tell(findings, question->protocol->check,
	    view_string(question->vip, "path", ""), address, &question->answers,
	    json_is_true(json_object_get(question->vip, "set")));
	free(address);
}

static void
tell_unasked(json_t *findings, size_t unasked, size_t count, bool may)
{
	if (unasked > 0 && !may)
		doctor_add(findings, "note", "wire", "daemon/vrrpd",
		    "Run it as root to ask.",
		    "nobody was asked on the wire who answers for %zu address%s",
		    count, count == 1 ? "" : "es");
	else if (unasked > 0)
		doctor_add(findings, "note", "wire", "daemon/vrrpd",
		    "For one of the others: arping -D -I DEV ADDRESS, or ndisc6 "
		    "ADDRESS DEV.",
		    "nobody was asked on the wire who answers for %zu of the %zu "
		    "addresses: doctor stops asking after %d seconds",
		    unasked, count, (int)(ALL_US / US_PER_S));
}

void
doctor_look_at_wire(json_t *findings, const json_t *vips)
{
	struct wire wire = {.until_us = clock_now_us() + ALL_US};
	bool may = geteuid() == 0;
	size_t unasked = 0;

	wire.count = json_array_size(vips);
	wire.questions = must(calloc(wire.count + 1, sizeof(*wire.questions)));
	for (size_t i = 0; i < wire.count; i++)
		wire.questions[i] = question_of(json_array_get(vips, i));
	for (size_t i = 0; may && i < wire.count; i++)
		if (!wire.questions[i].over && clock_now_us() < wire.until_us)
			ask_alike(&wire, i, vips);
	for (size_t i = 0; i < wire.count; i++) {
		tell(findings, &wire.questions[i]);
		unasked += !wire.questions[i].over;
	}
	tell_unasked(findings, unasked, wire.count, may);
	free(wire.questions);
}
