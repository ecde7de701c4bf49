/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk from a layer's output channels through all nodes that read them to
 * the layers behind.
 */
#ifndef ASSAY_SUITES_MODEL_COMPRESS_CHANNELS_H
#define ASSAY_SUITES_MODEL_COMPRESS_CHANNELS_H

#include "suites/model/compress_work.h"

struct assay_channels {
    struct assay_work *work;
    int64_t n;
    const bool *gone; /* [n]: cut these; NULL: see only */
    int64_t n_gone;
    enum assay_status status; /* of what was cut */
};

/* Why the channels of the layer must stay; or NULL, and they are cut if there
 * are any to go. */
const char *assay_channels_walk(struct assay_channels *channels,
                                struct assay_layer *layer);

#endif
