/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - bounded reading and writing of network byte order, with a sticky error. */
#include "common/wire.h"

#include <string.h>

struct wire_reader
wire_reader_init(const void *data, size_t len)
{
	return (struct wire_reader){.data = data, .len = len};
}

/* The next `len` bytes, or NULL, with `failed` set, when they are not there. */
static const uint8_t *
take(struct wire_reader *r, size_t len)
{
	if (r->failed || len > r->len - r->pos) {
		r->failed = true;
		return NULL;
	}
	r->pos += len;
	return r->data + (r->pos - len);
}

uint8_t
wire_read_u8(struct wire_reader *r)
{
	const uint8_t *at = take(r, 1);

	if (at == NULL)
		return 0;
	return at[0];
}

uint16_t
wire_read_u16(struct wire_reader *r)
{
	const uint8_t *at = take(r, 2);

	if (at == NULL)
		return 0;
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t
wire_read_u32(struct wire_reader *r)
{
	const uint8_t *at = take(r, 4);

	if (at == NULL)
		return 0;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
	       at[3];
}

void
wire_read_bytes(struct wire_reader *r, void *to, size_t len)
{
	const uint8_t *at;

	if (len == 0)
		return;
	at = take(r, len);
	if (at == NULL)
		memset(to, 0, len);
	else
		memcpy(to, at, len);
}

void
wire_skip(struct wire_reader *r, size_t len)
{
	if (len > 0)
		(void)take(r, len);
}

size_t
wire_left(const struct wire_reader *r)
{
	return r->failed ? 0 : r->len - r->pos;
}

struct wire_writer
wire_writer_init(void *data, size_t room)
{
	return (struct wire_writer){.data = data, .room = room};
}

/* Room for the next `len` bytes, or NULL, with `failed` set. */
static uint8_t *
claim(struct wire_writer *w, size_t len)
{
	if (w->failed || len > w->room - w->pos) {
		w->failed = true;
		return NULL;
	}
	w->pos += len;
	return w->data + (w->pos - len);
}

void
wire_write_u8(struct wire_writer *w, uint8_t v)
{
	wire_write_bytes(w, &v, sizeof(v));
}

void
wire_write_u16(struct wire_writer *w, uint16_t v)
{
	const uint8_t bytes[] = {(uint8_t)(v >> 8), (uint8_t)v};

	wire_write_bytes(w, bytes, sizeof(bytes));
}

void
wire_write_u32(struct wire_writer *w, uint32_t v)
{
	const uint8_t bytes[] = {
	    (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

	wire_write_bytes(w, bytes, sizeof(bytes));
}

void
wire_write_bytes(struct wire_writer *w, const void *from, size_t len)
{
	uint8_t *at = len == 0 ? NULL : claim(w, len);

	if (at != NULL)
		memcpy(at, from, len);
}

void
wire_write_zeros(struct wire_writer *w, size_t len)
{
	uint8_t *at = len == 0 ? NULL : claim(w, len);

	if (at != NULL)
		memset(at, 0, len);
}
