/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f16, the reference: see binary_ref.h.
 */
#define KERNEL assay_binary_f16_ref
#include "kernels/binary/binary_ref.h"
