/* SPDX-License-Identifier: Apache-2.0
 *
 * Every .def file, in registry order. The including file defines
 *   ASSAY_CPU(op, dtype, variant, isa, tile_m, tile_n)
 *   ASSAY_PEER(op, dtype, variant), ASSAY_OPENCL_PEER(op, dtype, variant)
 *   ASSAY_OPENCL(op, dtype, variant, class, needs, tile_m, tile_n)
 *   ASSAY_VULKAN(op, dtype, variant, class, needs, tile_m, tile_n)
 * first; no include guard, on purpose.
 */
#include "dense/dense.def"
#include "conv2d/conv2d.def"
#include "depthwise/depthwise.def"
#include "pool/pool.def"
#include "unary/unary.def"
#include "binary/binary.def"
#include "quantize/quantize.def"
#include "dequantize/dequantize.def"
#include "signpack/signpack.def"
#include "cast/cast.def"
#include "softmax/softmax.def"
#include "transpose/transpose.def"
#include "attention/attention.def"
#include "matmul/matmul.def"
#include "slice/slice.def"
#include "pad/pad.def"
#include "concat/concat.def"
#include "gather/gather.def"
#include "sparse/sparse.def"
#include "lowrank/lowrank.def"
#include "batchnorm/batchnorm.def"
#include "layernorm/layernorm.def"
#include "rmsnorm/rmsnorm.def"
#include "reduce/reduce.def"
#include "dropout/dropout.def"
