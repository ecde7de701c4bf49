/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_KERNELS_BINARY_LAUNCH_H
#define ASSAY_KERNELS_BINARY_LAUNCH_H

#include "kernels/launch.h"

assay_launch_function assay_binary_launch;

#endif
