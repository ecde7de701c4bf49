/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"

#include <stdio.h>

#include "random.h"

enum assay_status assay_window_check(const char *op,
                                     struct assay_window_axis rows,
                                     struct assay_window_axis columns)
{
    const int64_t tall = assay_window_span(rows);
    const int64_t wide = assay_window_span(columns);
    if (rows.before >= tall || rows.after >= tall || columns.before >= wide ||
        columns.after >= wide)
        return assay_fail(ASSAY_INVALID,
                          "%s: the padding is not smaller than the dilated "
                          "window",
                          op);
    if (assay_window_out(rows) < 1 || assay_window_out(columns) < 1)
        return assay_fail(ASSAY_INVALID,
                          "%s: the dilated window exceeds the padded image",
                          op);
    return ASSAY_OK;
}

void assay_window_text(struct assay_window_axis rows,
                       struct assay_window_axis columns, char *text,
                       size_t size)
{
    char stride[48] = "", pad[96] = "", dilation[48] = "";
    if (rows.stride != 1 || columns.stride != 1)
        snprintf(stride, sizeof stride, "s%lldx%lld", (long long)rows.stride,
                 (long long)columns.stride);
    if (rows.before || rows.after || columns.before || columns.after)
        snprintf(pad, sizeof pad, "p%lld.%lld.%lld.%lld",
                 (long long)rows.before, (long long)columns.before,
                 (long long)rows.after, (long long)columns.after);
    if (rows.dilation != 1 || columns.dilation != 1)
        snprintf(dilation, sizeof dilation, "d%lldx%lld",
                 (long long)rows.dilation, (long long)columns.dilation);
    snprintf(text, size, "%s%s%s", stride, pad, dilation);
}

struct assay_window_axis assay_window_random(struct assay_random *random,
                                             int64_t extra)
{
    static const int64_t sizes[] = {1, 1, 2, 3, 3, 3, 4, 5, 7};
    struct assay_window_axis a = {.size =
                                      sizes[assay_random_range(random, 0, 8)]};
    a.stride = assay_random_range(random, 1, 3);
    a.dilation =
        assay_random_range(random, 0, 3) ? 1 : assay_random_range(random, 2, 3);
    const int64_t span = assay_window_span(a);
    if (assay_random_range(random, 0, 2)) {
        a.before = assay_random_range(random, 0, span - 1);
        a.after = assay_random_range(random, 0, span - 1);
    }
    const int64_t least = span - a.before - a.after;
    a.in = (least > 1 ? least : 1) + assay_random_range(random, 0, extra);
    return a;
}
