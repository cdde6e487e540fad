/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - cmocka, and a short way to write a case. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* A test function; its name is a behaviour in words. */
#define CASE(name) static void name(void **state __attribute__((unused)))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
