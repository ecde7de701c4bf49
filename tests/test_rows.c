/* SPDX-License-Identifier: Apache-2.0
 *
 * Every CPU row against its reference without a backend, for processors that
 * are only emulated here:
 *
 *     test_rows [ROWS [COUNT [SEED]]]
 *
 * as test_kernels.c, but each row is called for its threads one after the
 * other, which the contract of rows allows: none may wait for another. Every
 * array lies between guards; what is read beyond one shows as NaN, what is
 * written there as a changed guard.
 * Exit: 0 all correct, 1 not, 77 nothing could be tested.
 */
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "kernels/element.h"
#include "tests/kernel_data.h"

enum { GUARD = 256, SHOWN = 5, MOST_THREADS = 3 };

struct tally {
    size_t checked, wrong;
    double worst;
};

static struct tally *tallies;

/* `bytes` between two guards of NaN, aligned to 64. */
static unsigned char *guarded(size_t bytes)
{
    unsigned char *memory = kernel_allocate(bytes + 2 * GUARD);
    memset(memory, 0xff, bytes + 2 * GUARD);
    return memory + GUARD;
}

static bool guards_hold(const unsigned char *array, size_t bytes)
{
    for (size_t i = 0; i < GUARD; i++)
        if (array[bytes + i] != 0xff || *(array - 1 - i) != 0xff)
            return false;
    return true;
}

static void release(unsigned char *array)
{
    if (array)
        free(array - GUARD);
}

/* What a row is called with. */
struct bench {
    struct assay_problem problem; /* as its constants settle it */
    unsigned char *inputs[ASSAY_MAX_INPUTS], *packed, *output, *scratch;
    size_t packed_bytes, output_bytes, scratch_bytes;
};

static void bench_free(struct bench *b)
{
    for (size_t i = 0; i < ASSAY_MAX_INPUTS; i++)
        release(b->inputs[i]);
    release(b->packed);
    release(b->output);
    release(b->scratch);
}

static bool bench_make(struct bench *b, const struct assay_row *row,
                       const struct kernel_data *data)
{
    const struct assay_op_info *info = assay_op_info(row->op);
    const unsigned output = assay_problem_output(&data->problem);
    memset(b, 0, sizeof *b);
    b->problem = data->problem;
    if (assay_problem_specialize(&b->problem, data->constant))
        return false;
    for (unsigned i = 0; i < data->inputs; i++) {
        const size_t bytes = assay_problem_bytes(&data->problem, i);
        b->inputs[i] = guarded(bytes);
        memcpy(b->inputs[i], data->host[i], bytes);
    }
    b->packed_bytes = assay_row_packed_bytes(row, &b->problem);
    if (b->packed_bytes) {
        b->packed = guarded(b->packed_bytes);
        info->pack(row, &b->problem, data->constant, b->packed);
    }
    b->scratch_bytes =
        info->scratch_bytes ? info->scratch_bytes(row, &b->problem) : 0;
    if (b->scratch_bytes)
        b->scratch = guarded(b->scratch_bytes);
    b->output_bytes = assay_problem_bytes(&data->problem, output);
    b->output = guarded(b->output_bytes);
    return true;
}

static const char *fault_of(const struct bench *b,
                            const struct kernel_data *data, double *share)
{
    const double tolerance =
        assay_op_info(data->problem.op)->tolerance(&data->problem);
    for (unsigned i = 0; i < data->inputs; i++) {
        const size_t bytes = assay_problem_bytes(&data->problem, i);
        if (memcmp(b->inputs[i], data->host[i], bytes) != 0 ||
            !guards_hold(b->inputs[i], bytes))
            return "an input changed";
    }
    if (!guards_hold(b->output, b->output_bytes))
        return "written beyond the output";
    if (b->packed && !guards_hold(b->packed, b->packed_bytes))
        return "written beyond the packed constants";
    if (b->scratch && !guards_hold(b->scratch, b->scratch_bytes))
        return "written beyond the scratch";
    const double error =
        assay_max_error(data->type, b->output, data->want, data->n_want);
    *share = error > 0 ? error / tolerance : 0;
    return error <= tolerance ? NULL : "differs from the reference";
}

static void check_row(const struct assay_row *row,
                      const struct kernel_data *data, size_t threads)
{
    struct tally *tally = &tallies[row - assay_rows];
    struct bench b;
    char name[160];
    double share = 0;
    if (tally->wrong >= SHOWN)
        return;
    const char *fault = "its constants are refused";
    if (bench_make(&b, row, data)) {
        struct assay_cpu_call call = {.problem = &b.problem,
                                      .inputs = (const void *const *)b.inputs,
                                      .packed = b.packed,
                                      .output = b.output,
                                      .scratch = b.scratch,
                                      .threads = threads};
        for (call.thread = 0; call.thread < threads; call.thread++)
            row->run(&call);
        fault = fault_of(&b, data, &share);
    }
    bench_free(&b);
    tally->checked++;
    if (!(share <= tally->worst))
        tally->worst = share;
    if (!fault)
        return;
    tally->wrong++;
    assay_problem_name(&data->problem, name, sizeof name);
    printf("WRONG %s with %zu threads: %s: %s (%.3g of tolerance)\n",
           row->symbol, threads, name, fault, share);
}

static bool selected(const struct assay_row *row, const regex_t *pattern)
{
    return row->api == ASSAY_API_CPU && !row->is_peer &&
           strcmp(row->variant, "ref") != 0 &&
           regexec(pattern, row->symbol, 0, NULL, 0) == 0;
}

static void check_problem(const struct assay_problem *problem,
                          const regex_t *pattern, struct assay_random *random)
{
    struct kernel_data data = {0};
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (row->op != problem->op || row->dtype != problem->dtype ||
            !selected(row, pattern) ||
            !assay_row_available(row, assay_cpu_isa(), ASSAY_CLASS_CPU, NULL) ||
            assay_row_accepts(row, problem) != ASSAY_OK)
            continue;
        if (!data.want && !kernel_data_make(&data, problem, random)) {
            fprintf(stderr, "reference: %s\n", assay_message());
            exit(1);
        }
        for (size_t threads = 1; threads <= MOST_THREADS; threads++)
            check_row(row, &data, threads);
    }
    kernel_data_free(&data);
}

static int summarize(const regex_t *pattern)
{
    size_t rows = 0, checked = 0, wrong = 0;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        const char *reason;
        if (!selected(row, pattern))
            continue;
        if (!assay_row_available(row, assay_cpu_isa(), ASSAY_CLASS_CPU,
                                 &reason)) {
            printf("%-36s skipped: %s\n", row->symbol, reason);
            continue;
        }
        printf("%-36s %5zu runs, worst error %.3f of tolerance%s\n",
               row->symbol, tallies[i].checked, tallies[i].worst,
               tallies[i].wrong ? ", WRONG" : "");
        rows++;
        checked += tallies[i].checked;
        wrong += tallies[i].wrong;
    }
    printf("%zu rows, %zu runs checked, %zu wrong\n", rows, checked, wrong);
    return wrong ? 1 : checked ? 0 : 77;
}

int main(int argc, char **argv)
{
    regex_t pattern;
    struct assay_random random;
    struct assay_problem problem;
    if (regcomp(&pattern, argc > 1 ? argv[1] : "", REG_EXTENDED | REG_NOSUB))
        return 2;
    const long count = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
    assay_random_seed(&random, argc > 3 ? strtoull(argv[3], NULL, 10) : 20);
    tallies = calloc(assay_row_count, sizeof *tallies);
    if (!tallies)
        return 1;
    for (size_t i = 0; i < kernel_case_count; i++) {
        kernel_problem(&kernel_cases[i], &problem);
        check_problem(&problem, &pattern, &random);
    }
    for (int k = 0; k < ASSAY_OPS * ASSAY_DTYPES; k++) {
        const enum assay_op op = (enum assay_op)(k / ASSAY_DTYPES);
        const enum assay_dtype dtype = (enum assay_dtype)(k % ASSAY_DTYPES);
        for (long i = 0; assay_row_reference(op, dtype) && i < count; i++) {
            assay_op_info(op)->random(&random, dtype, &problem);
            check_problem(&problem, &pattern, &random);
        }
    }
    const int result = summarize(&pattern);
    free(tallies);
    regfree(&pattern);
    return result;
}
