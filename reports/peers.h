/* SPDX-License-Identifier: Apache-2.0
 *
 * Our kernels against those of vendor libraries, measured in the same run
 * (`assay run --peers`).
 */
#ifndef ASSAY_REPORTS_PEERS_H
#define ASSAY_REPORTS_PEERS_H

#include <jansson.h>

#include "harness/store.h"

/* A library's case and ours of the same problem, target and threads. */
struct assay_peer_pair {
    const struct assay_record *ours, *peer;
    /* The library's median time over ours: above 1, ours is faster. From the
     * ends of both medians' 95 % intervals: the least and the largest. */
    double ratio, low, high;
};

/* "onednn", from the name of a peer's case; 32 bytes hold it. False if the
 * record is none. */
bool assay_peer_name(const struct assay_record *record, char *name,
                     size_t size);

/* All pairs of a run whose two cases were measured, in the order of the peers'
 * records; *pairs is malloced. NOMEM. */
enum assay_status assay_peers_find(const struct assay_run_data *run,
                                   struct assay_peer_pair **pairs, size_t *n);

/* One sentence about a run's pairs, added to `sentences` if there are any.
 * False: no memory. */
bool assay_peers_say(json_t *sentences, const struct assay_run_data *run);

#endif
