/* SPDX-License-Identifier: Apache-2.0
 *
 * Hardware counters through PAPI: the presets of `wanted` that the machine has,
 * over the calling thread. Where there are none (no PMU in this virtual
 * machine, perf_event_paranoid, a build without PAPI) the reason is told
 * instead. PAPI is started once a process, by the first call, from one thread.
 */
#ifndef ASSAY_HARNESS_COUNTERS_H
#define ASSAY_HARNESS_COUNTERS_H

#include <stddef.h>

#include "record.h"

struct assay_counters;

/* Start counting. Never fails: without counters the reason is kept. */
struct assay_counters *assay_counters_start(void);

/* Stop, and set the record's `counters`: a JSON object of each counter a call,
 * or absent with the reason. Frees `counters`. */
void assay_counters_stop(struct assay_counters *counters, double calls,
                         struct assay_record *record);

/* Names of the counters that work here, at most `capacity`; their number. With
 * 0, *reason (static text) says why there are none. */
size_t assay_counters_list(const char **names, size_t capacity,
                           const char **reason);

#endif
