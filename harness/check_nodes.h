/* SPDX-License-Identifier: Apache-2.0
 *
 * assay check --onnx-node-tests: every test of a folder on every target.
 */
#ifndef ASSAY_HARNESS_CHECK_NODES_H
#define ASSAY_HARNESS_CHECK_NODES_H

#include "options.h"
#include "targets.h"

struct assay_check_nodes {
    const char *folder;
    const char *filter; /* POSIX extended expression on the name, or NULL */
    bool json;
    unsigned isa_off; /* ASSAY_ISA_* bits not to be used on the CPU */
    double timeout;   /* seconds, of one test */
};

/* Print a line a test and a count a target, or one JSON object; the exit
 * code. */
int assay_check_nodes(const struct assay_check_nodes *request,
                      const struct assay_targets *targets,
                      const struct assay_options *options);

#endif
