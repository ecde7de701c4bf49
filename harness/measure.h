/* SPDX-License-Identifier: Apache-2.0
 *
 * Timing one kernel on its device: warm-up, then iterations through Google
 * Benchmark with every iteration's time kept. One call is enqueue + wait; the
 * wall time of a call is what a user of the kernel would see. Calls shorter
 * than 2 us are timed in calibrated batches, since a pair of clock readings
 * costs some 50 ns.
 */
#ifndef ASSAY_HARNESS_MEASURE_H
#define ASSAY_HARNESS_MEASURE_H

#include "backends/backend.h"
#include "record.h"

struct assay_measure_options {
    double min_time;     /* seconds of measuring, at least (as far as
                            max_samples allow) */
    int64_t repetitions; /* of the whole measurement, ≥ 1 */
    uint64_t timeout_ns; /* of one wait */
};

/* Upper and lower bounds of the number of samples of a repetition. */
enum {
    ASSAY_MEASURE_MIN_SAMPLES = 20,
    ASSAY_MEASURE_MAX_SAMPLES = 50000,
};

/* Run `kernel` with its views until its time is stable, then measure, and set
 * in `record`: samples, calls_per_sample, the latencies, autocorrelation,
 * submit_ns, device_ns, cpu_ns, context_switches, page_faults, counters and
 * energy. `per_call` images or rows give throughput_per_s. A failed run is its
 * status, with nothing set. */
enum assay_status assay_measure(struct assay_kernel *kernel,
                                const struct assay_view *views, size_t n_views,
                                const char *name, double per_call,
                                const struct assay_measure_options *options,
                                struct assay_record *record);

#endif
