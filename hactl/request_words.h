/* SPDX-License-Identifier: Apache-2.0 */
/* request_words.h - the words of a command that the parameters of its request came from.
 */
#ifndef HACTL_REQUEST_WORDS_H
#define HACTL_REQUEST_WORDS_H

struct ctl_error;
struct order;

/* What a daemon says of a value that it refused, in the words that were typed: "\"for\"
 * must be a time from 1s to 7d". NULL when its own sentence is as good; else the caller
 * frees it. */
char *request_words_say(const struct order *order, const struct ctl_error *error);

#endif
