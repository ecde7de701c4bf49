/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the conformance suite share. test_backend.c holds the
 * device under test; the functions fail the running cmocka test.
 */
#ifndef ASSAY_TESTS_BACKEND_SUITE_H
#define ASSAY_TESTS_BACKEND_SUITE_H

#include "backends/backend.h"

/* A further device like the one under test, for the caller to close. */
struct assay_device *suite_open(void);

struct assay_buffer *suite_buffer(struct assay_device *device, size_t bytes);

/* The call was refused in this way, and with a message. */
void suite_refused(enum assay_status got, enum assay_status wanted);

/* Tests; their state is the open device. */
void wrong_kernels_are_refused(void **state);
void wrong_views_are_refused(void **state);
void outputs_overlap_only_in_place(void **state);
void wrong_sequences_are_refused(void **state);

#endif
