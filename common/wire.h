/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - bounded reading and writing of network byte order, with a sticky error. */
#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reading past the end yields zeros and sets `failed` for good: check once, at the end. */
struct wire_reader {
	const uint8_t *data;
	size_t len, pos;
	bool failed;
};

struct wire_writer {
	uint8_t *data;
	size_t room, pos;
	bool failed;
};

struct wire_reader wire_reader_init(const void *data, size_t len);
uint8_t wire_read_u8(struct wire_reader *r);
uint16_t wire_read_u16(struct wire_reader *r);
uint32_t wire_read_u32(struct wire_reader *r);
/* Copies `len` bytes to `to`, or zeros when they are not there. */
void wire_read_bytes(struct wire_reader *r, void *to, size_t len);
void wire_skip(struct wire_reader *r, size_t len);
size_t wire_left(const struct wire_reader *r);

struct wire_writer wire_writer_init(void *data, size_t room);
void wire_write_u8(struct wire_writer *w, uint8_t v);
void wire_write_u16(struct wire_writer *w, uint16_t v);
void wire_write_u32(struct wire_writer *w, uint32_t v);
void wire_write_bytes(struct wire_writer *w, const void *from, size_t len);
void wire_write_zeros(struct wire_writer *w, size_t len);

#endif
