/* SPDX-License-Identifier: Apache-2.0
 *
 * Google Benchmark from C: register functions, iterate in them, run them,
 * and get every repetition or the JSON that Google's own tools read. Usable on
 * its own: it needs nothing else of Assay.
 *
 *     static void bench(struct assay_gbench_state *state, void *user)
 *     {
 *         while (assay_gbench_next(state))
 *             work(user);
 *     }
 *     …
 *     assay_gbench_register("work", bench, user, NULL);
 *     assay_gbench_run(NULL, print, NULL);
 *     assay_gbench_clear();
 *
 * The library keeps one global list of benchmarks: register, run and clear
 * from one thread. Times are in seconds. No function throws; one that runs out
 * of memory aborts, as the library does.
 */
#ifndef ASSAY_HARNESS_GBENCH_H
#define ASSAY_HARNESS_GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct assay_gbench_state;

/* The body of a benchmark; it calls assay_gbench_next until that is false. */
typedef void assay_gbench_function(struct assay_gbench_state *state,
                                   void *user);

struct assay_gbench_options {
    int64_t iterations;  /* of a repetition; 0: from min_time */
    double min_time;     /* seconds; 0: the library's standard (0.5) */
    int64_t repetitions; /* 0: one */
    int threads;         /* 0: one */
    bool manual_time;    /* the body tells each iteration's time */
};

enum assay_gbench_counter {
    ASSAY_GBENCH_PLAIN,         /* the value as it is */
    ASSAY_GBENCH_RATE,          /* divided by the elapsed time */
    ASSAY_GBENCH_PER_ITERATION, /* divided by the iterations */
};

/* Add a benchmark. `name` is copied; `user` must live until the run is over;
 * options may be NULL. */
void assay_gbench_register(const char *name, assay_gbench_function *function,
                           void *user,
                           const struct assay_gbench_options *options);

/* Remove all benchmarks. */
void assay_gbench_clear(void);

/* Go to the next iteration; false when there are enough, or after a skip. */
bool assay_gbench_next(struct assay_gbench_state *state);

/* The time of this iteration, with manual_time. */
void assay_gbench_time(struct assay_gbench_state *state, double seconds);

/* Iterations that this call of the body has been asked for. */
int64_t assay_gbench_iterations(const struct assay_gbench_state *state);

/* Set a counter; `name` is copied. */
void assay_gbench_counter(struct assay_gbench_state *state, const char *name,
                          double value, enum assay_gbench_counter kind);

/* Free text shown beside the result. */
void assay_gbench_label(struct assay_gbench_state *state, const char *text);

/* End the benchmark with an error; the body returns soon after. */
void assay_gbench_skip(struct assay_gbench_state *state, const char *reason);

/* One repetition (or aggregate) of one benchmark. Texts live during the
 * callback. */
struct assay_gbench_result {
    const char *name;
    const char *aggregate; /* "mean", "median", …; NULL: a repetition */
    const char *error;     /* NULL: none */
    int64_t repetition;    /* from 0 */
    int64_t iterations;
    double real_seconds, cpu_seconds; /* per iteration */
};
typedef void assay_gbench_report(const struct assay_gbench_result *result,
                                 void *user);

/* Run the benchmarks whose name matches the regular expression (NULL: all) and
 * report each result. The number of benchmarks that ran. */
size_t assay_gbench_run(const char *filter, assay_gbench_report *report,
                        void *user);

/* The same, with the library's JSON as a new string (free it); NULL when
 * nothing matched. */
char *assay_gbench_run_json(const char *filter);

#ifdef __cplusplus
}
#endif

#endif
