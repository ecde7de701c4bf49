/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/model/compress_work.h"

static enum assay_status check(const struct assay_compress_options *o)
{
    const bool any = o->prune || o->channels > 0 || o->rank || o->energy > 0 ||
                     o->share || o->half || o->int8;
    if (!any)
        return assay_fail(ASSAY_INVALID, "nothing to do: name a method");
    if (o->prune && o->pattern != ASSAY_PATTERN_NM24 &&
        !(o->fraction > 0 && o->fraction < 1))
        return assay_fail(ASSAY_INVALID,
                          "a fraction of %g to prune; it must be more than 0 "
                          "and less than 1",
                          o->fraction);
    if (!(o->channels >= 0 && o->channels < 1))
        return assay_fail(ASSAY_INVALID,
                          "a fraction of %g of the channels; it must be more "
                          "than 0 and less than 1",
                          o->channels);
    if (o->rank < 0 || !(o->energy >= 0 && o->energy <= 1) ||
        (o->rank && o->energy > 0))
        return assay_fail(ASSAY_INVALID,
                          "low rank: a rank of at least 1, or an energy above "
                          "0 and up to 1");
    if (o->share && (o->share < 2 || o->share > 256))
        return assay_fail(ASSAY_INVALID,
                          "%lld shared values; 2 to 256 are possible",
                          (long long)o->share);
    if (o->int8 && (o->half || o->share))
        return assay_fail(ASSAY_INVALID,
                          "int8 and %s both say how weights are stored; give "
                          "one of them",
                          o->half ? "half" : "share");
    if (o->int8 && !(o->percentile >= 50 && o->percentile <= 100))
        return assay_fail(ASSAY_INVALID,
                          "a percentile of %g is not from 50 to 100",
                          o->percentile);
    return ASSAY_OK;
}

static enum assay_status run_steps(struct assay_work *work,
                                   const struct assay_compress_options *o)
{
    enum assay_status status = ASSAY_OK;
    if (o->channels > 0)
        status = assay_compress_channels(work, o);
    if (!status && (o->rank || o->energy > 0))
        status = assay_compress_lowrank(work, o);
    if (!status && o->prune)
        status = assay_compress_prune(work, o);
    if (!status && o->share)
        status = assay_compress_share(work, o);
    if (!status && o->int8)
        status = assay_compress_int8(work, o);
    if (!status && o->half)
        status = assay_compress_half(work);
    if (!status)
        status = assay_work_tidy(work);
    if (!status && !o->dense)
        status = assay_compress_sparse(work);
    return status;
}

static void finish_report(struct assay_work *work)
{
    struct assay_compress_report *report = work->report;
    assay_layers_end(work);
    for (size_t i = 0; i < report->n_rows; i++) {
        struct assay_compress_row *row = &report->rows[i];
        report->weights_before += row->weights_before;
        report->weights_after += row->weights_after;
        report->changed += *row->done != 0;
        report->left += *row->done == 0;
        report->partly += *row->done && *row->left;
        if (!*row->done && !*row->left)
            snprintf(row->left, sizeof row->left, "nothing reads its result");
    }
}

static enum assay_status check_changed(const struct assay_work *work)
{
    const struct assay_compress_report *report = work->report;
    if (report->changed)
        return ASSAY_OK;
    return assay_fail(ASSAY_INVALID,
                      report->n_rows
                          ? "%s: no layer could be changed; nothing was written"
                          : "%s: no Conv, Gemm or MatMul in it; nothing was "
                            "written",
                      work->path);
}

/* What is written must be what Assay itself can run. */
static enum assay_status check_result(const struct assay_work *work)
{
    struct assay_lowered *lowered;
    const struct assay_value *input =
        &work->model->values[work->model->inputs[0]];
    const int64_t batch = input->tensor.dims.size[0];
    enum assay_status status =
        assay_model_lower(work->model, batch < 0 ? 1 : batch, &lowered);
    assay_lowered_free(&lowered);
    return status;
}

/* The file that is compressed, and what it was made from itself, as far as
 * there is room. */
static enum assay_status note_base(struct assay_work *work,
                                   const struct assay_model_facts *facts)
{
    char text[ASSAY_BASES_TEXT + ASSAY_SHA256_TEXT];
    snprintf(text, sizeof text, "%s%s%s", facts->sha256,
             *facts->base_sha256 ? " " : "", facts->base_sha256);
    text[ASSAY_BASES_TEXT - 1] = '\0';
    return assay_work_note(work, ASSAY_BASES_KEY, text);
}

static enum assay_status write_result(struct assay_work *work, const char *out,
                                      const char *text,
                                      const struct assay_model_facts *facts)
{
    uint8_t *bytes = NULL;
    size_t size;
    enum assay_status status =
        assay_work_note(work, "assay.compress", text ? text : "");
    if (!status)
        status = note_base(work, facts);
    if (!status)
        status = assay_work_pack(work, &bytes, &size);
    if (!status)
        status = assay_replace_file(out, bytes, size);
    if (!status)
        work->report->file_after = size;
    free(bytes);
    return status;
}

enum assay_status assay_compress(const char *path, const char *out,
                                 const struct assay_compress_options *options,
                                 struct assay_compress_report **report)
{
    struct assay_work work;
    struct assay_model *whole;
    struct assay_model_facts facts;
    bool finished = false;
    *report = NULL;
    enum assay_status status = check(options);
    if (!status)
        status = assay_model_load(path, &whole);
    if (status)
        return status;
    assay_model_facts(whole, &facts);
    assay_model_free(&whole);
    status = assay_work_open(path, &work);
    if (status)
        return status;
    work.report = calloc(1, sizeof *work.report);
    if (!work.report)
        status = assay_fail(ASSAY_NOMEM, "no memory for the report");
    if (!status) {
        work.report->file_before = work.model->file_bytes;
        status = assay_layers_begin(&work);
    }
    if (!status)
        status = assay_work_fill_sparse(&work);
    if (!status)
        status = run_steps(&work, options);
    if (!status) {
        finish_report(&work);
        status = check_changed(&work);
        finished = status != ASSAY_OK;
    }
    if (!status)
        status = check_result(&work);
    if (!status)
        status = write_result(&work, out, options->text, &facts);
    if (status && !finished)
        assay_compress_report_free(&work.report);
    *report = work.report;
    assay_work_close(&work);
    return status;
}

void assay_compress_report_free(struct assay_compress_report **report)
{
    if (*report)
        free((*report)->rows);
    free(*report);
    *report = NULL;
}
