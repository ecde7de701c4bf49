/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine's fingerprint: what a reader must know before comparing times.
 */
#ifndef ASSAY_HARNESS_MACHINE_H
#define ASSAY_HARNESS_MACHINE_H

#include <jansson.h>

/* A new object: host, cpu, cores, isa, caches, memory, governor, aslr, load,
 * virtual, kernel, os, versions {assay, compiler, …}. What cannot be read is
 * null. */
json_t *assay_machine(void);

#endif
