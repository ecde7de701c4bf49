/* SPDX-License-Identifier: Apache-2.0
 *
 * What programs share that run models on the device of an API, or on the host
 * through the reference rows.
 */
#ifndef ASSAY_TESTS_ON_DEVICE_H
#define ASSAY_TESTS_ON_DEVICE_H

#include "suites/model/model.h"

/* Print what failed and exit with 1 unless the status is OK. */
void must(enum assay_status status);

/* The first device of an API by its name, NULL for "host"; exits with 77 where
 * there is none. */
struct assay_device *on_device_open(const char *name);

/* Close it; 1 after printing what failed, else 0. */
int on_device_close(struct assay_device **device);

/* One call, through the program or, without one, the reference rows. */
void on_device_infer(struct assay_program *program,
                     const struct assay_lowered *lowered, const float *input,
                     float *output);

#endif
