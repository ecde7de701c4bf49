/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of rows share: a problem from text, and its data with the
 * reference's result. A fault ends the program with a message.
 */
#ifndef ASSAY_TESTS_KERNEL_DATA_H
#define ASSAY_TESTS_KERNEL_DATA_H

#include "kernels/random.h"
#include "tests/kernel_cases.h"
#include "kernels/kernel.h"

struct kernel_data {
    struct assay_problem problem;
    unsigned inputs, constants, views;
    void *host[ASSAY_MAX_ARRAYS];
    const void *constant[ASSAY_MAX_CONSTANTS];
    void *want;
    size_t n_want; /* elements */
    enum assay_dtype type;
};

/* Memory aligned to 64 bytes, not cleared, for free(). */
void *kernel_allocate(size_t bytes);

/* Random data and the reference's output; false with a message if the reference
 * refuses. kernel_data_free also undoes a half-made one. */
bool kernel_data_make(struct kernel_data *data,
                      const struct assay_problem *problem,
                      struct assay_random *random);
void kernel_data_free(struct kernel_data *data);

void kernel_problem(const struct kernel_case *from,
                    struct assay_problem *problem);

#endif
