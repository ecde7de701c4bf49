/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_operator *const groups[] = {
    assay_operators_binary,
    assay_operators_conv,
    assay_operators_conv_transposed,
    assay_operators_dense,
    assay_operators_dropout,
    assay_operators_elementwise,
    assay_operators_move,
    assay_operators_norm,
    assay_operators_pool,
    assay_operators_quant,
    assay_operators_quant_conv,
    assay_operators_reduce,
    assay_operators_shape,
    assay_operators_slice,
};

const struct assay_operator *assay_operator_find(const char *name, int opset)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        for (const struct assay_operator *op = groups[i]; op->name; op++)
            if (strcmp(op->name, name) == 0 && op->since <= opset &&
                opset <= op->until)
                return op;
    return NULL;
}
