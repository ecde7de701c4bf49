/* SPDX-License-Identifier: Apache-2.0
 *
 * Every row of one API against its reference:
 *
 *     test_kernels API [ROWS [COUNT [SEED]]]
 *
 * on every device of the API, a cpu device with 1, 2 and 3 threads: all three
 * for the fixed problems (kernel_cases.c), one after the other for the random
 * ones. ROWS is a regular expression of symbols; COUNT is how many random
 * problems of each op there are. A problem runs through the backend
 * interface, first alone, then inside a recorded sequence. Every array lies
 * between guards of NaN, the output begins as NaN, so that an element left out,
 * a value read from beyond an array and a write beyond it are all seen.
 * Exit: 0 all correct, 1 not, 77 nothing could be tested.
 */
#include <inttypes.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "kernels/element.h"
#include "tests/kernel_data.h"

enum { MAX_TARGETS = 16, GUARD = 256, SHOWN = 5 };
static const uint64_t WAIT_NS = UINT64_C(60000000000);

struct target {
    struct assay_device *device;
    char name[48];
};

struct tally {
    size_t checked, declined, wrong;
    double worst; /* error / tolerance */
    char reason[160];
};

static struct target targets[MAX_TARGETS];
static size_t n_targets;
static struct tally (*tallies)[MAX_TARGETS]; /* [row][target] */
static size_t *problems; /* of each row, that at least one target ran */

/* How the arrays lie: each in a buffer of its own, all in one as in the arena
 * of a model, or the output in the place of the first input. */
enum layout { LAYOUT_APART, LAYOUT_ARENA, LAYOUT_IN_PLACE };

struct arrays {
    size_t n_buffers;
    struct assay_buffer *buffers[ASSAY_MAX_INPUTS + 1];
    uint32_t *image[ASSAY_MAX_INPUTS + 1]; /* what was written to each */
    struct assay_view views[ASSAY_MAX_INPUTS + 1];
};

static void arrays_free(struct arrays *arrays)
{
    for (size_t i = 0; i < arrays->n_buffers; i++) {
        assay_buffer_destroy(&arrays->buffers[i]);
        free(arrays->image[i]);
    }
    memset(arrays, 0, sizeof *arrays);
}

static size_t view_bytes(const struct kernel_data *data, unsigned view)
{
    return assay_problem_bytes(
        &data->problem,
        view < data->inputs ? view : assay_problem_output(&data->problem));
}

/* A quiet NaN, another one in each place: a kernel that runs on beyond its
 * arrays copies the payload from one guard into another. */
static uint32_t guard_word(size_t buffer, size_t word)
{
    const uint64_t place = (uint64_t)word * 7 + buffer + 1;
    return 0xffc00000u | (uint32_t)((place * 0x9e3779b97f4a7c15u) >> 42);
}

static enum assay_status arrays_write(struct arrays *arrays)
{
    for (size_t i = 0; i < arrays->n_buffers; i++) {
        enum assay_status status = assay_buffer_write(
            arrays->buffers[i], 0, arrays->image[i], arrays->buffers[i]->bytes);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

static enum assay_status arrays_make(struct arrays *arrays,
                                     const struct kernel_data *data,
                                     struct assay_device *device,
                                     enum layout layout)
{
    size_t sizes[ASSAY_MAX_INPUTS + 1] = {0}, buffer_of[ASSAY_MAX_INPUTS + 1];
    const size_t align = device->info.view_align;
    memset(arrays, 0, sizeof *arrays);
    for (unsigned v = 0; v < data->views; v++) {
        const size_t b = layout == LAYOUT_ARENA ? 0 : v;
        size_t at = (sizes[b] + GUARD + align - 1) / align * align;
        buffer_of[v] = b;
        arrays->views[v].bytes = view_bytes(data, v);
        if (layout == LAYOUT_IN_PLACE && v == data->inputs) {
            buffer_of[v] = 0;
            at = arrays->views[0].offset;
        }
        arrays->views[v].offset = at;
        if (sizes[buffer_of[v]] < at + arrays->views[v].bytes + GUARD)
            sizes[buffer_of[v]] = at + arrays->views[v].bytes + GUARD;
        if (arrays->n_buffers <= buffer_of[v])
            arrays->n_buffers = buffer_of[v] + 1;
    }
    for (size_t b = 0; b < arrays->n_buffers; b++) {
        enum assay_status status =
            assay_buffer_create(device, sizes[b], &arrays->buffers[b]);
        if (status != ASSAY_OK)
            return status;
        arrays->image[b] = kernel_allocate(sizes[b]);
        for (size_t i = 0; i < sizes[b] / 4; i++)
            arrays->image[b][i] = guard_word(b, i);
    }
    for (unsigned v = 0; v < data->views; v++) {
        arrays->views[v].buffer = arrays->buffers[buffer_of[v]];
        if (v < data->inputs)
            memcpy((char *)arrays->image[buffer_of[v]] +
                       arrays->views[v].offset,
                   data->host[v], arrays->views[v].bytes);
    }
    return arrays_write(arrays);
}

/* The one check of a run: guards and inputs as they were, and every output
 * element within the tolerance. Prints the first fault. */
static bool check_run(const struct arrays *arrays,
                      const struct kernel_data *data, void *got,
                      const char *label, double *worst)
{
    const struct assay_view *y = &arrays->views[data->inputs];
    const double tolerance =
        assay_op_info(data->problem.op)->tolerance(&data->problem);
    for (size_t b = 0; b < arrays->n_buffers; b++) {
        const size_t words = arrays->buffers[b]->bytes / 4;
        uint32_t *now = kernel_allocate(words * 4);
        if (assay_buffer_read(arrays->buffers[b], 0, now, words * 4)) {
            printf("%s: read: %s\n", label, assay_message());
            free(now);
            return false;
        }
        size_t first = words, end = words;
        if (y->buffer == arrays->buffers[b]) {
            first = y->offset / 4;
            end = first + view_bytes(data, data->inputs) / 4;
            memcpy(got, now + first, view_bytes(data, data->inputs));
        }
        size_t i = 0;
        while (i < words &&
               (now[i] == arrays->image[b][i] || (i >= first && i < end)))
            i++;
        free(now);
        if (i < words) {
            printf("%s: word %zu of buffer %zu changed; output is %zu to %zu\n",
                   label, i, b, first, end);
            return false;
        }
    }
    for (size_t i = 0; i < data->n_want; i++) {
        const double want = assay_element(data->type, data->want, i),
                     is = assay_element(data->type, got, i),
                     error = is == want ? 0 : fabs(is - want);
        if (!(error <= tolerance)) {
            printf("%s: element %zu of %zu: got %.9g, want %.9g, error %.3g > "
                   "%.3g\n",
                   label, i, data->n_want, is, want, error, tolerance);
            return false;
        }
        if (error > *worst * tolerance)
            *worst = error / tolerance;
    }
    return true;
}

static bool report(const char *label, const char *what)
{
    printf("%s: %s: %s\n", label, what, assay_message());
    return false;
}

/* Alone, then twice over inside a sequence, whose results must be the same to
 * the bit; the sequence holds the kernel twice where its input survives. */
static bool run_both(struct assay_kernel *kernel, struct arrays *arrays,
                     const struct kernel_data *data, const char *label,
                     enum layout layout, double *worst)
{
    struct assay_device *device = kernel->device;
    const size_t exact = data->n_want * assay_dtype_bytes(data->type);
    void *alone = kernel_allocate(view_bytes(data, data->inputs));
    void *replayed = kernel_allocate(view_bytes(data, data->inputs));
    struct assay_kernel *sequence = NULL;
    struct assay_step steps[2] = {{.kernel = kernel}, {.kernel = kernel}};
    bool ok = false;
    memcpy(steps[0].views, arrays->views, sizeof arrays->views);
    memcpy(steps[1].views, arrays->views, sizeof arrays->views);
    if (assay_kernel_run(kernel, arrays->views, data->views)) {
        report(label, "run");
        goto end;
    }
    if (assay_device_finish(device, WAIT_NS)) {
        report(label, "finish");
        goto end;
    }
    if (!check_run(arrays, data, alone, label, worst))
        goto end;
    if (assay_kernel_create(
            device,
            &(struct assay_kernel_request){
                .steps = steps, .n_steps = layout == LAYOUT_IN_PLACE ? 1 : 2},
            &sequence)) {
        report(label, "sequence");
        goto end;
    }
    for (int replay = 0; replay < 2; replay++) {
        if (arrays_write(arrays) || assay_kernel_run(sequence, NULL, 0) ||
            assay_device_finish(device, WAIT_NS)) {
            report(label, "replay");
            goto end;
        }
        if (!check_run(arrays, data, replayed, label, worst))
            goto end;
        if (memcmp(alone, replayed, exact) != 0) {
            printf("%s: a replay differs from a single run\n", label);
            goto end;
        }
    }
    ok = true;
end:
    assay_kernel_destroy(&sequence);
    free(alone);
    free(replayed);
    return ok;
}

static void check_row(const struct assay_row *row, size_t t,
                      const struct kernel_data *data, enum layout layout)
{
    struct tally *tally = &tallies[row - assay_rows][t];
    struct assay_device *device = targets[t].device;
    struct assay_kernel *kernel = NULL;
    struct arrays arrays = {0};
    char name[160], label[320];
    if (tally->wrong >= SHOWN)
        return;
    assay_problem_name(&data->problem, name, sizeof name);
    snprintf(label, sizeof label, "WRONG %s on %s: %s", row->symbol,
             targets[t].name, name);
    enum assay_status status = assay_kernel_create(
        device,
        &(struct assay_kernel_request){
            .row = row, .problem = &data->problem, .constants = data->constant},
        &kernel);
    if (status == ASSAY_UNSUPPORTED) {
        tally->declined++;
        snprintf(tally->reason, sizeof tally->reason, "%s", assay_message());
        return;
    }
    bool ok = false;
    if (status != ASSAY_OK)
        report(label, "create");
    else if (arrays_make(&arrays, data, device, layout))
        report(label, "buffers");
    else
        ok = run_both(kernel, &arrays, data, label, layout, &tally->worst);
    tally->checked += ok;
    tally->wrong += !ok;
    assay_kernel_destroy(&kernel);
    arrays_free(&arrays);
}

static bool selected(const struct assay_row *row, enum assay_api api,
                     const regex_t *pattern)
{
    return row->api == api && strcmp(row->variant, "ref") != 0 &&
           regexec(pattern, row->symbol, 0, NULL, 0) == 0;
}

/* Rows for the other class of device are right too, if slow. */
static bool can_run(const struct assay_row *row,
                    const struct assay_device_info *info, const char **reason)
{
    return assay_row_available(row, info->isa,
                               row->device_class == ASSAY_CLASS_ANY
                                   ? info->device_class
                                   : row->device_class,
                               reason);
}

static size_t checked_on_all(size_t row)
{
    size_t checked = 0;
    for (size_t t = 0; t < n_targets; t++)
        checked += tallies[row][t].checked;
    return checked;
}

/* Rows that have been checked with `enough` problems are left out; `only`: on
 * that target alone, or SIZE_MAX. */
static void check_problem(const struct assay_problem *problem,
                          enum assay_api api, const regex_t *pattern,
                          struct assay_random *random, size_t number,
                          size_t only, size_t enough)
{
    struct kernel_data data = {0};
    const bool in_place = assay_problem_in_place(problem, 0);
    const enum layout layout = (enum layout)(number % (in_place ? 3 : 2));
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (row->op != problem->op || row->dtype != problem->dtype ||
            !selected(row, api, pattern) || problems[i] >= enough)
            continue;
        if (!data.want && !kernel_data_make(&data, problem, random)) {
            fprintf(stderr, "reference: %s\n", assay_message());
            exit(1);
        }
        const size_t before = checked_on_all(i);
        for (size_t t = 0; t < n_targets; t++)
            if ((only == SIZE_MAX || t == only) &&
                can_run(row, &targets[t].device->info, NULL))
                check_row(row, t, &data, layout);
        problems[i] += checked_on_all(i) > before;
    }
    kernel_data_free(&data);
}

/* Whether a CPU row of our own that accepts only some problems has been checked
 * fewer times than `count`. */
static bool short_of(enum assay_op op, enum assay_dtype dtype,
                     enum assay_api api, const regex_t *pattern, size_t count)
{
    bool is_short = false;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (row->op == op && row->dtype == dtype && !row->is_peer &&
            assay_op_info(op)->accepts && selected(row, api, pattern) &&
            n_targets > 0 && can_run(row, &targets[0].device->info, NULL))
            is_short |= problems[i] < count;
    }
    return is_short && api == ASSAY_API_CPU;
}

static bool open_target(const struct assay_backend *backend,
                        const struct assay_open *request)
{
    struct target *target = &targets[n_targets];
    if (n_targets == MAX_TARGETS ||
        assay_device_open(backend, request, &target->device)) {
        printf("%s %u: %s\n", backend->name, request->index, assay_message());
        return false;
    }
    if (backend->api == ASSAY_API_CPU)
        snprintf(target->name, sizeof target->name, "cpu with %zu threads",
                 target->device->threads);
    else
        snprintf(target->name, sizeof target->name, "%s",
                 target->device->info.target);
    printf("%s: %s, %s\n", target->name, target->device->info.name,
           target->device->info.driver);
    n_targets++;
    return true;
}

/* False if a device that was listed could not be opened. */
static bool open_targets(enum assay_api api)
{
    const struct assay_backend *backend = assay_backend_find(api);
    size_t count = 0;
    bool ok = true;
    if (!backend) {
        printf("%s is not part of this build\n", assay_api_names[api]);
        return true;
    }
    if (assay_device_enumerate(backend, NULL, 0, &count) || count == 0)
        printf("%s: %s\n", backend->name, assay_message());
    for (unsigned i = 0; i < count; i++)
        for (size_t threads = 1; threads <= (api == ASSAY_API_CPU ? 3 : 1);
             threads++)
            ok &= open_target(backend, &(struct assay_open){.index = i,
                                                            .threads = threads,
                                                            .share_all = true});
    return ok;
}

static int summarize(enum assay_api api, const regex_t *pattern)
{
    size_t checked = 0, wrong = 0, rows = 0;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (!selected(row, api, pattern))
            continue;
        for (size_t t = 0; t < n_targets; t++) {
            const struct tally *tally = &tallies[i][t];
            const struct assay_device_info *info = &targets[t].device->info;
            const char *reason;
            if (!can_run(row, info, &reason)) {
                printf("%-36s %-18s skipped: %s\n", row->symbol,
                       targets[t].name, reason);
                continue;
            }
            printf("%-36s %-18s %4zu problems, worst error %.3f of tolerance",
                   row->symbol, targets[t].name, tally->checked, tally->worst);
            if (tally->declined)
                printf(", %zu declined (%s)", tally->declined, tally->reason);
            printf("%s\n", tally->wrong ? ", WRONG" : "");
            checked += tally->checked;
            wrong += tally->wrong;
            rows++;
        }
    }
    printf("%s: %zu rows on devices, %zu problems checked, %zu wrong\n",
           assay_api_names[api], rows, checked, wrong);
    return wrong ? 1 : checked ? 0 : 77;
}

/* The numbers of threads of a CPU take turns, each with every layout; other
 * devices run everything. */
static size_t turn_of(enum assay_api api, long number)
{
    return api == ASSAY_API_CPU && n_targets ? (size_t)number / 6 % n_targets
                                             : SIZE_MAX;
}

static int close_targets(void)
{
    int bad = 0;
    for (size_t t = 0; t < n_targets; t++) {
        bad |= targets[t].device->allocated_bytes != 0;
        if (assay_device_close(&targets[t].device)) {
            printf("close: %s\n", assay_message());
            bad = 1;
        }
    }
    return bad;
}

int main(int argc, char **argv)
{
    int api = 0;
    regex_t pattern;
    while (argc > 1 && assay_api_names[api] &&
           strcmp(assay_api_names[api], argv[1]) != 0)
        api++;
    if (argc < 2 || !assay_api_names[api] ||
        regcomp(&pattern, argc > 2 ? argv[2] : "", REG_EXTENDED | REG_NOSUB)) {
        fprintf(stderr, "usage: test_kernels API [ROWS [COUNT [SEED]]]\n");
        return 2;
    }
    const long count = argc > 3 ? strtol(argv[3], NULL, 10) : 100;
    struct assay_random random;
    struct assay_problem problem;
    assay_random_seed(&random, argc > 4 ? strtoull(argv[4], NULL, 10) : 20);
    tallies = calloc(assay_row_count, sizeof *tallies);
    problems = calloc(assay_row_count, sizeof *problems);
    bool opened = open_targets((enum assay_api)api);
    if (!tallies || !problems)
        return 1;
    for (size_t i = 0; i < kernel_case_count; i++) {
        kernel_problem(&kernel_cases[i], &problem);
        check_problem(&problem, (enum assay_api)api, &pattern, &random, i,
                      SIZE_MAX, SIZE_MAX);
    }
    for (int k = 0; k < ASSAY_OPS * ASSAY_DTYPES; k++) {
        const enum assay_op op = (enum assay_op)(k / ASSAY_DTYPES);
        const enum assay_dtype dtype = (enum assay_dtype)(k % ASSAY_DTYPES);
        if (!assay_row_reference(op, dtype))
            continue;
        for (long i = 0; i < count; i++) {
            assay_op_info(op)->random(&random, dtype, &problem);
            check_problem(&problem, (enum assay_api)api, &pattern, &random,
                          (size_t)i, turn_of((enum assay_api)api, i), SIZE_MAX);
        }
        /* A row that does not do everything gets its share, too. */
        for (long i = 0;
             i < 20 * count &&
             short_of(op, dtype, (enum assay_api)api, &pattern, (size_t)count);
             i++) {
            assay_op_info(op)->random(&random, dtype, &problem);
            check_problem(&problem, (enum assay_api)api, &pattern, &random,
                          (size_t)i, turn_of((enum assay_api)api, i),
                          (size_t)count);
        }
    }
    int result = summarize((enum assay_api)api, &pattern);
    if (close_targets() || !opened)
        result = 1;
    free(tallies);
    free(problems);
    regfree(&pattern);
    return result;
}
