/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/choose.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/random.h"
#include "kernels/sparse/sparse_choose.h"
#include "kernels/sparse/sparse_pack.h"

static const uint64_t PROGRAM_NS = 2000000000, LAYER_NS = 60000000;
static const uint64_t SAMPLE_NS = 100000, WAIT_NS = UINT64_C(60000000000);
static const double FASTER = 1.03, AGREE = 1.04;
static const double ZEROS = 0.25;  /* of the weights, at least */
static const double STORED = 0.85; /* of the weights, at most */
/* Products that are enough to tell: more rows change no choice, but may take
 * seconds. */
static const double PRODUCTS = 10e6;
/* No row of a CPU takes longer for a product, and for a call: its threads were
 * kept from running. */
static const double PRODUCT_NS = 1, CALL_NS = 200000;

enum { LEAST_ROUNDS = 2, ROUNDS = 6, MOST_RUNS = 32 };
enum { CANDIDATES = 5, LEAST_ROWS = 64 };

struct candidate {
    struct assay_problem problem;
    struct assay_kernel *kernel, *sequence;
    double ns, second; /* of one run, the least ones; 0: none yet */
};

/* What is timed: the dense kernel first. */
struct contest {
    struct assay_chooser *chooser;
    const struct assay_lowered_step *step;
    struct candidate candidates[CANDIDATES];
    size_t n;
    struct assay_buffer *buffer;
    struct assay_view views[2]; /* input and output */
    uint64_t spent_ns;
};

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

enum assay_status assay_chooser_start(struct assay_device *device,
                                      struct assay_chooser *chooser)
{
    static const char *const modes[] = {"auto", "dense", "sparse"};
    const char *given = getenv("ASSAY_SPARSE");
    size_t mode = 0;
    while (given && mode < 3 && strcmp(given, modes[mode]) != 0)
        mode++;
    if (mode == 3)
        return assay_fail(ASSAY_INVALID,
                          "ASSAY_SPARSE is '%.40s'; it must be auto, dense or "
                          "sparse",
                          given);
    *chooser = (struct assay_chooser){device, (enum assay_chooser_mode)mode,
                                      PROGRAM_NS};
    return ASSAY_OK;
}

static bool is_pointwise(const struct assay_conv2d *c)
{
    return c->r == 1 && c->s == 1 && c->stride_h == 1 && c->stride_w == 1 &&
           c->groups == 1 && !c->pad_top && !c->pad_left && !c->pad_bottom &&
           !c->pad_right;
}

/* The layer as a product [m][k] by [n][k]; false: it is none. */
static bool product_of(const struct assay_problem *problem,
                       struct assay_sparse *s)
{
    if (problem->op == ASSAY_OP_DENSE) {
        const struct assay_dense *d = &problem->as.dense;
        *s = (struct assay_sparse){.m = d->m,
                                   .n = d->n,
                                   .k = d->k,
                                   .bias = d->bias,
                                   .act = d->act,
                                   .q = d->q};
        return true;
    }
    const struct assay_conv2d *c = &problem->as.conv2d;
    *s = (struct assay_sparse){.m = c->n * c->h * c->w,
                               .n = c->k,
                               .k = c->c,
                               .bias = c->bias,
                               .act = c->act,
                               .q = c->q};
    return is_pointwise(c);
}

/* The same layer with fewer rows, where there are very many. */
static struct assay_problem fewer_rows(const struct assay_problem *problem)
{
    struct assay_problem p = *problem;
    struct assay_sparse s;
    product_of(problem, &s);
    const double enough = PRODUCTS / ((double)s.n * (double)s.k);
    const int64_t rows = enough > LEAST_ROWS ? (int64_t)enough : LEAST_ROWS;
    if (rows >= s.m)
        return p;
    if (p.op == ASSAY_OP_DENSE) {
        p.as.dense.m = rows;
    } else {
        const int64_t pixels = p.as.conv2d.h * p.as.conv2d.w;
        p.as.conv2d.n = (rows + pixels - 1) / pixels;
    }
    return p;
}

static struct assay_problem sparse_of(const struct assay_problem *problem,
                                      int64_t format)
{
    struct assay_problem p;
    assay_problem_init(&p, ASSAY_OP_SPARSE, problem->dtype);
    const struct assay_sparse initial = p.as.sparse;
    product_of(problem, &p.as.sparse);
    p.as.sparse.zeros = initial.zeros;
    p.as.sparse.format = format;
    return p;
}

static double zeros_of(const struct assay_problem *problem, const void *w)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    const size_t n = info->elements(problem, info->inputs);
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++)
        zeros += problem->dtype == ASSAY_F32   ? ((const float *)w)[i] == 0
                 : problem->dtype == ASSAY_F16 ? ((const uint16_t *)w)[i] == 0
                                               : ((const int8_t *)w)[i] == 0;
    return n ? (double)zeros / (double)n : 0;
}

/* Make a kernel for the problem and let it enter; that the device has no row
 * for it keeps it out without a failure. */
static enum assay_status enter(struct contest *c,
                               const struct assay_problem *problem)
{
    const struct assay_device_info *info = &c->chooser->device->info;
    const struct assay_row *row =
        assay_row_select(problem, info->api, info->isa, info->device_class);
    const struct assay_kernel_request request = {
        .row = row, .problem = problem, .constants = c->step->constants};
    struct candidate *to = &c->candidates[c->n];
    if (!row || assay_problem_check(problem))
        return ASSAY_OK;
    enum assay_status status =
        assay_kernel_create(c->chooser->device, &request, &to->kernel);
    if (status == ASSAY_UNSUPPORTED)
        return ASSAY_OK;
    to->problem = *problem;
    c->n += !status;
    return status;
}

/* The formats that leave out enough weights. Those of 2 out of 4 that are
 * stored like block16x1 are not apart from it. */
static enum assay_status enter_sparse(struct contest *c,
                                      const struct assay_problem *dense)
{
    static const enum assay_sparse_format formats[] = {
        ASSAY_SPARSE_BLOCK16X1, ASSAY_SPARSE_BLOCK4X4, ASSAY_SPARSE_CSR,
        ASSAY_SPARSE_NM24};
    struct assay_sparse s;
    int64_t output, column;
    enum assay_status status = ASSAY_OK;
    product_of(dense, &s);
    for (size_t i = 0; !status && i < sizeof formats / sizeof *formats; i++) {
        const void *w = c->step->constants[0];
        const struct assay_problem p = sparse_of(dense, formats[i]);
        if ((dense->dtype != ASSAY_F32 && i > 1) ||
            !assay_sparse_holds(dense->dtype, formats[i], w, s.n, s.k, &output,
                                &column) ||
            (double)assay_sparse_stored(dense->dtype, formats[i], w, s.n, s.k) >
                STORED * (double)s.n * (double)s.k)
            continue;
        status = enter(c, &p);
    }
    return status;
}

static enum assay_status make_views(struct contest *c,
                                    const struct assay_problem *dense)
{
    struct assay_device *device = c->chooser->device;
    const struct assay_op_info *op = assay_op_info(dense->op);
    const size_t align = device->info.view_align;
    const size_t in = assay_problem_bytes(dense, 0);
    const size_t out = assay_problem_bytes(dense, assay_problem_output(dense));
    const size_t offset = (in + align - 1) / align * align;
    struct assay_random random;
    char *x = malloc(in);
    if (!x)
        return assay_fail(ASSAY_NOMEM, "no memory to choose a kernel");
    assay_random_seed(&random, 1);
    op->fill(&random, dense, 0, x, op->elements(dense, 0));
    enum assay_status status =
        assay_buffer_create(device, offset + out, &c->buffer);
    if (!status)
        status = assay_buffer_write(c->buffer, 0, x, in);
    free(x);
    c->views[0] = (struct assay_view){c->buffer, 0, in};
    c->views[1] = (struct assay_view){c->buffer, offset, out};
    return status;
}

/* A kernel with the contest's views, or a sequence of `runs` of them. */
static enum assay_status time_one(struct contest *c, struct candidate *one,
                                  size_t runs)
{
    const uint64_t start = now_ns();
    enum assay_status status = one->sequence
                                   ? assay_kernel_run(one->sequence, NULL, 0)
                                   : assay_kernel_run(one->kernel, c->views, 2);
    if (!status)
        status = assay_device_finish(c->chooser->device, WAIT_NS);
    const uint64_t took = now_ns() - start;
    const double ns = (double)took / (double)runs;
    c->spent_ns += took;
    if (!(one->ns > 0) || ns < one->ns) {
        one->second = one->ns;
        one->ns = ns;
    } else if (!(one->second > 0) || ns < one->second) {
        one->second = ns;
    }
    return status;
}

static enum assay_status make_sequence(struct contest *c, struct candidate *one,
                                       size_t runs)
{
    struct assay_step steps[MOST_RUNS];
    for (size_t i = 0; i < runs; i++)
        steps[i] = (struct assay_step){one->kernel, {c->views[0], c->views[1]}};
    const struct assay_kernel_request request = {.steps = steps,
                                                 .n_steps = runs};
    return assay_kernel_create(c->chooser->device, &request, &one->sequence);
}

static double least(const struct contest *c)
{
    double ns = c->candidates[0].ns;
    for (size_t i = 1; i < c->n; i++)
        ns = c->candidates[i].ns < ns ? c->candidates[i].ns : ns;
    return ns;
}

/* Whether there is time for another run. */
static bool has_time(const struct contest *c)
{
    const uint64_t left = c->chooser->left_ns;
    return c->spent_ns < (left < LAYER_NS ? left : LAYER_NS);
}

/* Run each by itself, then make the sequences that are timed: a driver's own
 * time for a call is not a layer's. */
static enum assay_status warm_up(struct contest *c, size_t *runs)
{
    enum assay_status status = ASSAY_OK;
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; !status && i < c->n && has_time(c); i++) {
            if (turn == 1)
                c->candidates[i].ns = 0; /* the first run is no measure */
            status = time_one(c, &c->candidates[i], 1);
        }
    const double fit = (double)SAMPLE_NS / least(c);
    *runs = fit < 1 ? 1 : fit > MOST_RUNS ? MOST_RUNS : (size_t)fit;
    for (size_t i = 0; !status && i < c->n && has_time(c); i++) {
        c->candidates[i].ns = c->candidates[i].second = 0;
        status = make_sequence(c, &c->candidates[i], *runs);
    }
    return status;
}

/* In turn, so that a disturbance meets all of them, until the two least times
 * of each agree, which are then no accident, or the time is over. *rounds: how
 * many were whole. */
static enum assay_status race(struct contest *c, int *rounds)
{
    size_t runs = 1;
    bool settled = false;
    enum assay_status status = warm_up(c, &runs);
    for (*rounds = 0; !status && !settled; (*rounds)++) {
        const double best = *rounds ? least(c) : 0;
        settled = *rounds >= ROUNDS;
        for (size_t i = 0; !status && i < c->n; i++) {
            struct candidate *one = &c->candidates[i];
            if (!has_time(c))
                return ASSAY_OK;
            if (*rounds >= LEAST_ROUNDS && one->ns > 2 * best)
                continue;
            status = time_one(c, one, runs);
            settled = settled && one->second < AGREE * one->ns;
        }
    }
    return status;
}

/* Whether the times can be believed. */
static bool is_sound(const struct contest *c, int rounds)
{
    struct assay_sparse s;
    product_of(&c->candidates[0].problem, &s);
    const double products = (double)s.m * (double)s.n * (double)s.k;
    return rounds >= LEAST_ROUNDS &&
           (c->chooser->device->info.api != ASSAY_API_CPU ||
            c->candidates[0].ns < CALL_NS + PRODUCT_NS * products);
}

static void end(struct contest *c)
{
    for (size_t i = 0; i < c->n; i++) {
        assay_kernel_destroy(&c->candidates[i].sequence);
        assay_kernel_destroy(&c->candidates[i].kernel);
    }
    assay_buffer_destroy(&c->buffer);
    c->chooser->left_ns -=
        c->spent_ns < c->chooser->left_ns ? c->spent_ns : c->chooser->left_ns;
}

static const char *format_name(int64_t format)
{
    const struct assay_param *p = assay_op_info(ASSAY_OP_SPARSE)->params;
    while (strcmp(p->name, "format") != 0)
        p++;
    return p->names[format];
}

/* Why there is nothing to measure, or NULL. */
static const char *excuse(const struct assay_chooser *chooser,
                          const struct assay_problem *problem)
{
    struct assay_sparse s;
    if (problem->dtype == ASSAY_F16)
        return "there is no sparse kernel of f16";
    if (!product_of(problem, &s))
        return "there is no sparse kernel for a window, as of 3x3, or groups";
    if (s.k > UINT16_MAX + 1)
        return "its rows are too long for a sparse kernel";
    return chooser->mode == ASSAY_CHOOSE_DENSE ? "ASSAY_SPARSE is dense" : NULL;
}

/* By a table of times of a CPU, which is better than by chance; the first
 * sparse kernel where there must be one. */
static void choose_by_table(const struct contest *c,
                            struct assay_problem *problem,
                            struct assay_layer_choice *choice)
{
    struct assay_sparse s;
    product_of(&c->step->problem, &s);
    const int64_t format = assay_sparse_choose(
        c->step->problem.dtype, c->step->constants[0], s.m, s.n, s.k);
    const struct candidate *best = NULL;
    if (c->chooser->mode == ASSAY_CHOOSE_SPARSE)
        best = &c->candidates[1];
    for (size_t i = 1; i < c->n; i++)
        if (c->candidates[i].problem.as.sparse.format == format)
            best = &c->candidates[i];
    choice->why = "too busy to measure: chosen by a table";
    if (!best)
        return;
    choice->sparse = true;
    choice->format = format_name(best->problem.as.sparse.format);
    *problem = sparse_of(&c->step->problem, best->problem.as.sparse.format);
}

static enum assay_status decide(struct contest *c,
                                struct assay_problem *problem,
                                struct assay_layer_choice *choice)
{
    const struct assay_problem dense = fewer_rows(&c->step->problem);
    enum assay_status status = enter(c, &dense);
    if (!status && c->n == 1)
        status = enter_sparse(c, &dense);
    if (status || c->n < 2) {
        choice->why = c->n ? "its zeros leave too few weights out of any "
                             "format that the device has a row for"
                           : "the device has no row for it";
        return status;
    }
    int rounds = 0;
    status = make_views(c, &dense);
    if (!status)
        status = race(c, &rounds);
    if (status)
        return status;
    if (!is_sound(c, rounds)) {
        choose_by_table(c, problem, choice);
        return ASSAY_OK;
    }
    const struct candidate *best = &c->candidates[1];
    for (size_t i = 2; i < c->n; i++)
        best = c->candidates[i].ns < best->ns ? &c->candidates[i] : best;
    const int64_t format = best->problem.as.sparse.format;
    choice->dense_ns = c->candidates[0].ns;
    choice->sparse_ns = best->ns;
    choice->format = format_name(format);
    choice->sparse = c->chooser->mode == ASSAY_CHOOSE_SPARSE ||
                     best->ns * FASTER < choice->dense_ns;
    if (choice->sparse)
        *problem = sparse_of(&c->step->problem, format);
    return ASSAY_OK;
}

enum assay_status assay_choose(struct assay_chooser *chooser,
                               const struct assay_lowered_step *step,
                               struct assay_problem *problem,
                               struct assay_layer_choice *choice,
                               bool *considered)
{
    const struct assay_problem *p = &step->problem;
    struct contest c = {.chooser = chooser, .step = step};
    struct assay_sparse s;
    *problem = *p;
    *considered = false;
    if ((p->op != ASSAY_OP_DENSE && p->op != ASSAY_OP_CONV2D) ||
        p->dtype == ASSAY_B1)
        return ASSAY_OK;
    product_of(p, &s);
    const double zeros = zeros_of(p, step->constants[0]);
    if (s.q.wzero || zeros < ZEROS)
        return ASSAY_OK;
    *considered = true;
    *choice = (struct assay_layer_choice){
        .layer = step->layer, .zeros = zeros, .why = excuse(chooser, p)};
    if (choice->why)
        return ASSAY_OK;
    /* What is gone before the program runs is none of its memory. */
    const size_t peak = chooser->device->peak_bytes;
    enum assay_status status = decide(&c, problem, choice);
    end(&c);
    chooser->device->peak_bytes = peak;
    return status;
}
