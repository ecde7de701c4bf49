/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs made by the tests of comparisons, and what these must find. A failure
 * ends the test.
 */
#ifndef ASSAY_TESTS_COMPARE_RUNS_H
#define ASSAY_TESTS_COMPARE_RUNS_H

#include "harness/compare.h"
#include "kernels/random.h"

/* Tolerance 5 %, noise 2 %. */
extern const struct assay_compare_options assay_test_options;

/* A run without records; the caller frees it with assay_run_data_free. */
struct assay_run_data *assay_test_empty_run(int64_t id);

/* A case on the cpu, owned by the run. */
struct assay_record *assay_test_case(struct assay_run_data *run,
                                     const char *name, const char *status);

struct assay_comparison *assay_test_compare(const struct assay_run_data *base,
                                            const struct assay_run_data *now);
const struct assay_compared *assay_test_find(const struct assay_comparison *c,
                                             const char *name);
void assay_test_expect(const struct assay_comparison *c, const char *name,
                       enum assay_verdict verdict, enum assay_outcome outcome);

/* In [0, 1), and of the standard normal distribution. */
double assay_test_uniform(struct assay_random *random);
double assay_test_normal(struct assay_random *random);

#endif
