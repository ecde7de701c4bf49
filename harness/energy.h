/* SPDX-License-Identifier: Apache-2.0
 *
 * Energy of the processor packages, from the kernel's powercap interface
 * (RAPL): energy_uj of every intel-rapl:N zone, which counts in microjoules and
 * wraps at max_energy_range_uj. It holds whatever ran on the machine in that
 * time. An interval of under 10 ms is too short for its update rate (1 ms).
 */
#ifndef ASSAY_HARNESS_ENERGY_H
#define ASSAY_HARNESS_ENERGY_H

#include <stdint.h>

#include "record.h"

enum { ASSAY_ENERGY_ZONES = 8 };

struct assay_energy {
    int zones;
    uint64_t start_uj[ASSAY_ENERGY_ZONES], range_uj[ASSAY_ENERGY_ZONES];
    uint64_t start_ns;
    char reason[160]; /* "" while it can be read */
};

/* $ASSAY_POWERCAP replaces the folder /sys/class/powercap. */
void assay_energy_start(struct assay_energy *energy);

/* Set energy_j of one of `calls` calls, or its absence. */
void assay_energy_stop(struct assay_energy *energy, double calls,
                       struct assay_record *record);

#endif
