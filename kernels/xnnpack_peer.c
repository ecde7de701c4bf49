/* SPDX-License-Identifier: Apache-2.0 */
#include "xnnpack_peer.h"

#include <pthread.h>
#include <pthreadpool.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static enum xnn_status initialized;

static void initialize(void)
{
    initialized = xnn_initialize(NULL);
}

enum assay_status assay_xnnpack_fail(const char *what, enum xnn_status status)
{
    return assay_fail(status == xnn_status_out_of_memory ? ASSAY_NOMEM
                                                         : ASSAY_UNSUPPORTED,
                      "XNNPACK: %s failed with status %d", what, (int)status);
}

enum assay_status assay_xnnpack_open(int64_t act, size_t threads,
                                     struct assay_xnnpack **state)
{
    if (act != ASSAY_ACT_NONE && act != ASSAY_ACT_RELU &&
        act != ASSAY_ACT_RELU6)
        return assay_fail(ASSAY_UNSUPPORTED, "XNNPACK does not fuse %s",
                          assay_act_names[act]);
    pthread_once(&once, initialize);
    if (initialized != xnn_status_success)
        return assay_xnnpack_fail("xnn_initialize", initialized);
    struct assay_xnnpack *created = calloc(1, sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "XNNPACK: no memory for a row");
    if (threads > 1 && !(created->pool = pthreadpool_create(threads))) {
        free(created);
        return assay_fail(ASSAY_NOMEM, "XNNPACK: no %zu threads", threads);
    }
    *state = created;
    return ASSAY_OK;
}

void assay_xnnpack_close(void *state)
{
    struct assay_xnnpack *s = state;
    if (s->operator)
        xnn_delete_operator(s->operator);
    if (s->pool)
        pthreadpool_destroy(s->pool);
    free(s->before);
    free(s->after);
    free(s);
}

const char *assay_xnnpack_configuration(void)
{
    return "XNNPACK";
}
