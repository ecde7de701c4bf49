/* SPDX-License-Identifier: Apache-2.0
 *
 * What the processor is. Thread-safe.
 */
#ifndef ASSAY_BACKENDS_CPU_PROCESSOR_H
#define ASSAY_BACKENDS_CPU_PROCESSOR_H

#include <stddef.h>
#include <stdint.h>

/* Cores, and no more than the processors that this process may use; ≥ 1. */
uint32_t assay_cpu_cores(void);

/* The processor's name, NUL-terminated and cut to size. */
void assay_cpu_name(char *name, size_t size);

#endif
