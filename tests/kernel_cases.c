/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernel_cases.h"

#define ASSAY_CASE(op, dtype, params) {#op, #dtype, params},
const struct kernel_case kernel_cases[] = {
#include "tests/kernel_cases/dense.def"
#include "tests/kernel_cases/conv2d.def"
#include "tests/kernel_cases/depthwise.def"
#include "tests/kernel_cases/pool.def"
#include "tests/kernel_cases/unary.def"
#include "tests/kernel_cases/binary.def"
#include "tests/kernel_cases/quantize.def"
#include "tests/kernel_cases/dequantize.def"
#include "tests/kernel_cases/signpack.def"
#include "tests/kernel_cases/cast.def"
#include "tests/kernel_cases/softmax.def"
#include "tests/kernel_cases/transpose.def"
#include "tests/kernel_cases/slice.def"
#include "tests/kernel_cases/pad.def"
#include "tests/kernel_cases/concat.def"
#include "tests/kernel_cases/gather.def"
#include "tests/kernel_cases/attention.def"
#include "tests/kernel_cases/matmul.def"
#include "tests/kernel_cases/sparse.def"
#include "tests/kernel_cases/lowrank.def"
#include "tests/kernel_cases/batchnorm.def"
#include "tests/kernel_cases/layernorm.def"
#include "tests/kernel_cases/rmsnorm.def"
#include "tests/kernel_cases/reduce.def"
#include "tests/kernel_cases/dropout.def"
};
const size_t kernel_case_count = sizeof kernel_cases / sizeof *kernel_cases;
