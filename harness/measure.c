/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <stdlib.h>
#include <stdio.h>
#include <sys/resource.h>

#include "clock.h"
#include "counters.h"
#include "energy.h"
#include "gbench.h"
#include "stats.h"

/* One call at a time is timed from here on. */
#define BATCH_BELOW_NS 2000
/* Length of a batch: the clock's cost is then below half a percent. */
#define BATCH_NS 20000
/* Warm-up ends when two medians of this many calls in a row agree. */
enum { WARM_CALLS = 5 };
enum { FIRST_BLOCK = 10 }; /* iterations */
#define WARM_AGREE 0.03
#define WARM_LIMIT_NS 500000000u

struct bench {
    struct assay_kernel *kernel;
    const struct assay_view *views;
    size_t n_views;
    uint64_t timeout_ns;
    int64_t batch; /* calls of one sample */
    /* One entry a sample; capacity is checked by the iteration count. */
    uint64_t *wall, *submit, *device;
    size_t n, capacity;
    bool has_device;
    enum assay_status status;
};

/* One sample: `batch` calls; times are per call. */
static enum assay_status sample(struct bench *b, uint64_t *wall,
                                uint64_t *submit)
{
    uint64_t submitted = 0;
    const uint64_t start = assay_now_ns();
    for (int64_t i = 0; i < b->batch; i++) {
        enum assay_status status =
            assay_kernel_run(b->kernel, b->views, b->n_views);
        if (b->batch == 1)
            submitted = assay_now_ns() - start;
        if (status == ASSAY_OK)
            status = assay_device_finish(b->kernel->device, b->timeout_ns);
        if (status != ASSAY_OK)
            return status;
    }
    const uint64_t calls = (uint64_t)b->batch;
    *wall = (assay_now_ns() - start + calls / 2) / calls;
    *submit = submitted;
    return ASSAY_OK;
}

/* Until stable, or half a second, or at least one call; the estimate of one
 * call's time goes to *estimate. */
static enum assay_status warm_up(struct bench *b, uint64_t *estimate)
{
    const uint64_t start = assay_now_ns();
    double previous = 0;
    for (;;) {
        double times[WARM_CALLS];
        size_t n = 0;
        do {
            uint64_t wall, submit;
            enum assay_status status = sample(b, &wall, &submit);
            if (status != ASSAY_OK)
                return status;
            times[n++] = (double)wall;
        } while (n < WARM_CALLS && assay_now_ns() - start < WARM_LIMIT_NS);
        double median = 0;
        assay_median(times, n, &median);
        *estimate = median < 1 ? 1 : (uint64_t)median;
        const double change = median - previous;
        if ((change < 0 ? -change : change) <= WARM_AGREE * median ||
            assay_now_ns() - start >= WARM_LIMIT_NS)
            return ASSAY_OK;
        previous = median;
    }
}

static void body(struct assay_gbench_state *state, void *user)
{
    struct bench *b = user;
    while (assay_gbench_next(state)) {
        uint64_t wall, submit, device;
        b->status = sample(b, &wall, &submit);
        if (b->status != ASSAY_OK) {
            assay_gbench_skip(state, assay_message());
            return;
        }
        assay_gbench_time(state, (double)wall * 1e-9);
        if (b->n >= b->capacity)
            continue;
        if (b->has_device &&
            assay_device_elapsed_ns(b->kernel->device, &device) == ASSAY_OK)
            b->device[b->n] = device;
        else
            b->has_device = false;
        b->wall[b->n] = wall;
        b->submit[b->n] = submit;
        b->n++;
    }
}

static void ignore_result(const struct assay_gbench_result *result, void *user)
{
    (void)result;
    (void)user;
}

static double *as_doubles(const uint64_t *from, size_t n)
{
    double *to = malloc(n * sizeof *to);
    for (size_t i = 0; to && i < n; i++)
        to[i] = (double)from[i];
    return to;
}

static void set_percentile(struct assay_record *record, enum assay_field field,
                           const double *x, size_t n, double p)
{
    double value;
    if (assay_percentile(x, n, p, &value)) {
        assay_record_real(record, field, value);
        return;
    }
    char reason[80];
    snprintf(reason, sizeof reason, "needs %zu samples, has %zu",
             assay_percentile_needs(p), n);
    assay_record_absent(record, field, reason);
}

static void set_latency(struct assay_record *record, const double *x, size_t n,
                        double per_call)
{
    double median, value, low, high, sum = 0, least = x[0];
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        least = x[i] < least ? x[i] : least;
    }
    if (assay_median(x, n, &median)) {
        assay_record_real(record, ASSAY_FIELD_latency_ns_median, median);
        if (median > 0)
            assay_record_real(record, ASSAY_FIELD_throughput_per_s,
                              per_call * 1e9 / median);
    }
    assay_record_real(record, ASSAY_FIELD_latency_ns_min, least);
    assay_record_real(record, ASSAY_FIELD_latency_ns_mean, sum / (double)n);
    if (assay_mad(x, n, &value))
        assay_record_real(record, ASSAY_FIELD_latency_ns_mad, value);
    if (assay_median_interval(x, n, &low, &high)) {
        assay_record_real(record, ASSAY_FIELD_latency_ns_low, low);
        assay_record_real(record, ASSAY_FIELD_latency_ns_high, high);
    }
    if (assay_autocorrelation(x, n, &value))
        assay_record_real(record, ASSAY_FIELD_autocorrelation, value);
    else
        assay_record_absent(record, ASSAY_FIELD_autocorrelation,
                            "the samples do not vary");
    set_percentile(record, ASSAY_FIELD_latency_ns_p90, x, n, 0.90);
    set_percentile(record, ASSAY_FIELD_latency_ns_p99, x, n, 0.99);
}

static void set_median(struct assay_record *record, enum assay_field field,
                       const uint64_t *from, size_t n)
{
    double median, *x = as_doubles(from, n);
    if (x && assay_median(x, n, &median))
        assay_record_real(record, field, median);
    free(x);
}

static enum assay_status set_times(struct bench *b, double per_call,
                                   struct assay_record *record)
{
    double *x = as_doubles(b->wall, b->n);
    if (!x)
        return assay_fail(ASSAY_NOMEM, "no memory for %zu samples", b->n);
    assay_record_int(record, ASSAY_FIELD_samples, (int64_t)b->n);
    assay_record_int(record, ASSAY_FIELD_calls_per_sample, b->batch);
    assay_record_samples(record, b->wall, b->n);
    set_latency(record, x, b->n, per_call);
    free(x);
    if (b->batch == 1)
        set_median(record, ASSAY_FIELD_submit_ns, b->submit, b->n);
    else
        assay_record_absent(record, ASSAY_FIELD_submit_ns,
                            "one call is too short to time its parts");
    if (b->has_device) {
        set_median(record, ASSAY_FIELD_device_ns, b->device, b->n);
    } else {
        uint64_t ignored;
        assay_device_elapsed_ns(b->kernel->device, &ignored);
        assay_record_absent(record, ASSAY_FIELD_device_ns, assay_message());
    }
    return ASSAY_OK;
}

static bool allocate(struct bench *b, size_t capacity)
{
    b->capacity = capacity;
    b->wall = calloc(capacity, sizeof *b->wall);
    b->submit = calloc(capacity, sizeof *b->submit);
    b->device = calloc(capacity, sizeof *b->device);
    return b->wall && b->submit && b->device;
}

static void set_disturbance(struct assay_record *record,
                            const struct rusage *before,
                            const struct rusage *after, uint64_t cpu_ns,
                            double calls)
{
    assay_record_int(record, ASSAY_FIELD_context_switches,
                     after->ru_nivcsw - before->ru_nivcsw);
    assay_record_int(record, ASSAY_FIELD_page_faults,
                     after->ru_majflt - before->ru_majflt + after->ru_minflt -
                         before->ru_minflt);
    assay_record_real(record, ASSAY_FIELD_cpu_ns, (double)cpu_ns / calls);
}

/* Iterations in blocks that at most double, so that an estimate which was far
 * off (a machine that is busy only now and then) is noticed after a few calls
 * and not at the end of thousands. */
static void run_blocks(struct bench *b, const char *name, double seconds)
{
    const uint64_t start = assay_now_ns();
    size_t block = FIRST_BLOCK;
    b->status = ASSAY_OK;
    while (b->status == ASSAY_OK && b->n < b->capacity) {
        const double spent = (double)(assay_now_ns() - start) * 1e-9;
        if (b->n >= ASSAY_MEASURE_MIN_SAMPLES && spent >= seconds)
            break;
        if (b->n && spent > 0) {
            const double left = seconds > spent ? seconds - spent : 0;
            const double fit = left * (double)b->n / spent + 1;
            block = fit < (double)block ? (size_t)fit : block;
        }
        if (b->n < ASSAY_MEASURE_MIN_SAMPLES && block < FIRST_BLOCK)
            block = FIRST_BLOCK;
        if (block > b->capacity - b->n)
            block = b->capacity - b->n;
        const struct assay_gbench_options options = {
            .iterations = (int64_t)block, .manual_time = true};
        assay_gbench_register(name, body, b, &options);
        assay_gbench_run(NULL, ignore_result, NULL);
        assay_gbench_clear();
        block *= 2;
    }
}

/* The timed part, framed by whatever else the machine can count. */
static enum assay_status timed(struct bench *b, const char *name,
                               double seconds, struct assay_record *record)
{
    struct rusage before, after;
    struct assay_energy energy;
    struct assay_counters *counters = assay_counters_start();
    assay_energy_start(&energy);
    getrusage(RUSAGE_SELF, &before);
    const uint64_t cpu = assay_cpu_ns();
    run_blocks(b, name, seconds);
    const uint64_t cpu_used = assay_cpu_ns() - cpu;
    getrusage(RUSAGE_SELF, &after);
    const double calls = (double)b->n * (double)b->batch;
    assay_energy_stop(&energy, calls, record);
    assay_counters_stop(counters, calls, record);
    if (b->status != ASSAY_OK)
        return b->status;
    if (b->n == 0)
        return assay_fail(ASSAY_DEVICE, "%s: no iteration was timed", name);
    set_disturbance(record, &before, &after, cpu_used, calls);
    return ASSAY_OK;
}

enum assay_status assay_measure(struct assay_kernel *kernel,
                                const struct assay_view *views, size_t n_views,
                                const char *name, double per_call,
                                const struct assay_measure_options *options,
                                struct assay_record *record)
{
    struct bench b = {.kernel = kernel,
                      .views = views,
                      .n_views = n_views,
                      .timeout_ns = options->timeout_ns,
                      .batch = 1,
                      .has_device = true};
    uint64_t estimate;
    enum assay_status status = warm_up(&b, &estimate);
    if (status != ASSAY_OK)
        return status;
    if (estimate < BATCH_BELOW_NS)
        b.batch = (int64_t)(BATCH_NS / estimate) + 1;
    const size_t most =
        ASSAY_MEASURE_MAX_SAMPLES * (size_t)options->repetitions;
    if (!allocate(&b, most))
        status = assay_fail(ASSAY_NOMEM, "no memory for the samples");
    if (status == ASSAY_OK)
        status = timed(
            &b, name, options->min_time * (double)options->repetitions, record);
    if (status == ASSAY_OK)
        status = set_times(&b, per_call, record);
    free(b.wall);
    free(b.submit);
    free(b.device);
    return status;
}
