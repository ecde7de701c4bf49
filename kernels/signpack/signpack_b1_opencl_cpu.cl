/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, OpenCL: see signpack.cl.
 */
#define KERNEL assay_signpack_b1_opencl_cpu
#include "signpack/signpack.cl"
