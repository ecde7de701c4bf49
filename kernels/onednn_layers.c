/* SPDX-License-Identifier: Apache-2.0 */
#include "onednn.h"

dnnl_data_type_t assay_onednn_type(enum assay_dtype type)
{
    return type == ASSAY_S8 ? dnnl_s8 : type == ASSAY_S32 ? dnnl_s32 : dnnl_f32;
}

/* The library wants padding that fits the stride exactly. */
static int64_t padding_after(struct assay_window_axis a)
{
    return (assay_window_out(a) - 1) * a.stride + assay_window_span(a) - a.in -
           a.before;
}

enum assay_status
assay_onednn_convolution_open(const struct assay_onednn_convolution *d,
                              const void *const *constants, size_t threads,
                              void **state)
{
    const struct assay_window_axis rows = d->rows, columns = d->columns;
    const dnnl_data_type_t type = assay_onednn_type(d->dtype);
    const dnnl_dims_t dims = {d->groups, d->k / d->groups, d->c / d->groups,
                              rows.size, columns.size};
    const int first = d->grouped ? 0 : 1;
    dnnl_memory_desc_t src, weights, any, bias = {0}, dst;
    dnnl_convolution_desc_t operation;
    dnnl_memory_desc_init_by_tag(&src, 4,
                                 (dnnl_dims_t){d->n, d->c, rows.in, columns.in},
                                 type, dnnl_nhwc);
    dnnl_memory_desc_init_by_tag(&weights, 5 - first, dims + first, type,
                                 d->weights);
    dnnl_memory_desc_init_by_tag(&any, 5 - first, dims + first, type,
                                 dnnl_format_tag_any);
    if (d->bias)
        dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){d->k},
                                     type == dnnl_s8 ? dnnl_s32 : type, dnnl_a);
    dnnl_memory_desc_init_by_tag(&dst, 4,
                                 (dnnl_dims_t){d->n, d->k,
                                               assay_window_out(rows),
                                               assay_window_out(columns)},
                                 assay_onednn_type(d->output), dnnl_nhwc);
    const dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_convolution_auto, &src, &any,
        d->bias ? &bias : NULL, &dst,
        (dnnl_dims_t){rows.stride, columns.stride},
        (dnnl_dims_t){rows.dilation - 1, columns.dilation - 1},
        (dnnl_dims_t){rows.before, columns.before},
        (dnnl_dims_t){padding_after(rows), padding_after(columns)});
    if (status != dnnl_success)
        return assay_onednn_fail("convolution", status);
    return assay_onednn_open(
        &(struct assay_onednn_request){.operation = &operation,
                                       .src = &src,
                                       .weights = &weights,
                                       .bias = &bias,
                                       .dst = &dst,
                                       .q = type == dnnl_s8 ? d->q : NULL,
                                       .columns = d->k,
                                       .act = d->act,
                                       .threads = threads,
                                       .constants = constants},
        state);
}

enum assay_status assay_onednn_dense_open(const struct assay_problem *problem,
                                          const void *const *constants,
                                          size_t threads, void **state)
{
    const struct assay_dense *d = &problem->as.dense;
    const dnnl_data_type_t type = assay_onednn_type(problem->dtype);
    const enum assay_dtype output = assay_out_type(problem->dtype, d->q.out);
    dnnl_memory_desc_t src, weights, any, bias = {0}, dst;
    dnnl_inner_product_desc_t operation;
    dnnl_memory_desc_init_by_tag(&src, 2, (dnnl_dims_t){d->m, d->k}, type,
                                 dnnl_ab);
    dnnl_memory_desc_init_by_tag(&weights, 2, (dnnl_dims_t){d->n, d->k}, type,
                                 dnnl_ab);
    dnnl_memory_desc_init_by_tag(&any, 2, (dnnl_dims_t){d->n, d->k}, type,
                                 dnnl_format_tag_any);
    if (d->bias)
        dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){d->n},
                                     type == dnnl_s8 ? dnnl_s32 : type, dnnl_a);
    dnnl_memory_desc_init_by_tag(&dst, 2, (dnnl_dims_t){d->m, d->n},
                                 assay_onednn_type(output), dnnl_ab);
    const dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &operation, dnnl_forward_inference, &src, &any, d->bias ? &bias : NULL,
        &dst);
    if (status != dnnl_success)
        return assay_onednn_fail("inner product", status);
    return assay_onednn_open(
        &(struct assay_onednn_request){.operation = &operation,
                                       .src = &src,
                                       .weights = &weights,
                                       .bias = &bias,
                                       .dst = &dst,
                                       .q = type == dnnl_s8 ? &d->q : NULL,
                                       .columns = d->n,
                                       .act = d->act,
                                       .threads = threads,
                                       .constants = constants},
        state);
}
