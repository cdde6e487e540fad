/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - the next character typed, and what happens while it is waited for. */
#ifndef HACTL_KEYS_H
#define HACTL_KEYS_H

#include <histedit.h>
#include <wchar.h>

/* Lets libedit read with keys_read(). From now on a terminal that changes its size, and
 * one that is given back after Ctrl-Z, is painted anew with the line as it stands. */
void keys_install(EditLine *edit);

/* To be called before a line is read: the terminal may have changed meanwhile. */
void keys_begin(EditLine *edit);

/* For libedit: waits for one character. Returns 1, 0 at the end of input, or -1, with
 * EINTR when Ctrl-C was pressed. */
int keys_read(EditLine *edit, wchar_t *ret);

#endif
