/* SPDX-License-Identifier: Apache-2.0
 *
 * The problems on which test_kernels checks every row beside the random ones:
 * shapes of the suites and of the bundled models, and shapes that sit badly in
 * any tile (1, primes, powers of two ± 1, windows larger than the image). Each
 * op has a file in tests/kernel_cases.
 */
#ifndef ASSAY_TESTS_KERNEL_CASES_H
#define ASSAY_TESTS_KERNEL_CASES_H

#include <stddef.h>

struct kernel_case {
    const char *op, *dtype;
    const char *params; /* "m=1 n=2 …"; what is silent has its standard */
};

extern const struct kernel_case kernel_cases[];
extern const size_t kernel_case_count;

#endif
