/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/layernorm/layernorm_pack.h"

#include <stdio.h>
#include <string.h>

#include "kernels/element.h"
#include "kernels/launch.h"
#include "kernels/random.h"

void assay_layernorm_pack(enum assay_dtype type, int64_t n,
                          const void *constant, float absent, float *packed)
{
    for (int64_t j = 0; j < n; j++)
        packed[j] =
            constant ? (float)assay_element(type, constant, (size_t)j) : absent;
    for (int64_t j = n; j < assay_layernorm_stride(n); j++)
        packed[j] = 0;
}

void assay_layernorm_shape(int64_t rows, int64_t cols, double eps, char *text,
                           size_t size)
{
    char other[32] = "";
    if (eps < 1e-5 || eps > 1e-5)
        snprintf(other, sizeof other, "-eps%.9g", eps);
    snprintf(text, size, "%lldx%lld%s", (long long)rows, (long long)cols,
             other);
}

void assay_layernorm_random(struct assay_random *random, int64_t *rows,
                            int64_t *cols, double *eps)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,   7,   8,   9,
                                    12, 15, 16, 17, 31,  32,  33,  63,
                                    64, 65, 68, 97, 127, 129, 256, 257};
    static const double epsilons[] = {1e-5, 1e-5, 1e-3, 0.25};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    *rows = edges[assay_random_range(random, 0, last)];
    *cols = assay_random_range(random, 0, 7) == 0
                ? assay_random_range(random, 500, 5000)
                : edges[assay_random_range(random, 0, last)];
    *eps = epsilons[assay_random_range(random, 0, 3)];
}

enum assay_status assay_layernorm_launch(const struct assay_row *row,
                                         int64_t rows, int64_t cols, double eps,
                                         struct assay_launch *launch)
{
    const float small = (float)eps;
    const enum assay_status status =
        assay_launch_rows(row, rows, cols, 3, launch);
    launch->words[launch->n_words++] = (uint32_t)assay_layernorm_stride(cols);
    memcpy(&launch->words[launch->n_words++], &small, sizeof small);
    return status;
}
