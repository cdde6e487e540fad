/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - the entry point of every fuzz target, as libFuzzer calls it. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Feeds one input to what is tested; aborts when it finds something wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
