/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of signs: inputs x (whose signs are meant), weights ±s of one size s
 * for each output channel, and a bias or none; node->transposed as in
 * op_quant.h.
 *
 * A sign tells two neighbouring floats apart, so what leads to one must be the
 * same to the bit on every device. Sums of integers and of signs are, and so
 * are one product and one sum with what batch normalization has for a channel:
 * in models with signs it is never left to a kernel that may fuse the two.
 */
#ifndef ASSAY_SUITES_MODEL_OP_SIGN_H
#define ASSAY_SUITES_MODEL_OP_SIGN_H

#include "suites/model/op_conv.h"

extern const struct assay_operator assay_operator_sign_conv;
extern const struct assay_operator assay_operator_sign_dense;

#endif
