/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f16, OpenCL: see binary_real_cpu.cl.
 */
#define KERNEL assay_binary_f16_opencl_cpu
#define HALF
#include "binary/binary_real_cpu.cl"
