/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a run: suites (or a model) times targets, threads and batches,
 * expanded to cases. The same request on the same machine gives the same plan,
 * which is what --resume relies on.
 *
 * Names of cases, equal across runs:
 *     dense/f32/512x512x512/cpu/t2          the fastest row of the target
 *     dense/f32/512x512x512[avx2]/cpu/t2    a row by name (--all-rows, --peers)
 *     cnn/fp32/b64/vulkan:0                 model/variant/batch/target
 * (of files: plan_models.h)
 */
#ifndef ASSAY_HARNESS_PLAN_H
#define ASSAY_HARNESS_PLAN_H

#include "case.h"
#include "suites/suite.h"
#include "suites/zoo.h"
#include "targets.h"

struct assay_plan_request {
    const char **suites; /* names or paths */
    size_t n_suites;
    const char **models; /* --model: ONNX files or names in the zoo */
    size_t n_models;
    const struct assay_targets *targets;
    const char *filter;     /* extended regular expression, or NULL */
    const int64_t *threads; /* of CPU cases */
    size_t n_threads;
    const int64_t *batches; /* of models, instead of the suite's; may be 0 */
    size_t n_batches;
    unsigned isa_off;
    bool all_rows, peers, check_only;
    const char *base; /* that all files are variants of which are not it and say
                         no other; measured too. NULL: see plan_models.h */
    const char *data; /* instead of the suites'; NULL: theirs, if any */
    double min_time;  /* 0: the suite's */
    int64_t repetitions;
    double timeout;
    uint64_t seed;
};

struct assay_plan {
    struct assay_case *cases;
    size_t n, capacity;
    char *suite; /* names of the suites and models, separated by spaces */
};

/* Every input is read and checked here: suites, zoo, models, and the data set
 * if any case needs it. A filter that nothing matches is INVALID. */
enum assay_status assay_plan_make(const struct assay_plan_request *request,
                                  struct assay_plan **plan);
void assay_plan_free(struct assay_plan **plan);

#endif
