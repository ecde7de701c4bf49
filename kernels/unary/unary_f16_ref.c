/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f16, the reference: see unary_ref.h.
 */
#define KERNEL assay_unary_f16_ref
#include "kernels/unary/unary_ref.h"
