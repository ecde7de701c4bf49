/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of --isa: each caps dispatch at a level and all below it.
 */
#ifndef ASSAY_HARNESS_ISA_H
#define ASSAY_HARNESS_ISA_H

#include <stdbool.h>
#include <stddef.h>

struct assay_isa_level {
    const char *name;
    unsigned bits; /* ASSAY_ISA_* of this level and those below */
};
extern const struct assay_isa_level assay_isa_levels[];
extern const size_t assay_isa_count;

/* The level of that name; false if there is none. */
bool assay_isa_find(const char *name, unsigned *bits);

/* "baseline, avx2, …" for messages. */
const char *assay_isa_names(void);

#endif
