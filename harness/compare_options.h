/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags that compare and gate share.
 */
#ifndef ASSAY_HARNESS_COMPARE_OPTIONS_H
#define ASSAY_HARNESS_COMPARE_OPTIONS_H

#include "compare.h"
#include "options.h"

struct assay_compare_request {
    struct assay_compare_options options;
    enum assay_compare_format format;
    const char *baseline; /* --baseline, of the gate; else NULL */
    const char *output;   /* -o, of the gate; else NULL */
    const char *store;
    const char *runs[2]; /* positional */
    size_t n_runs;
    bool help;
};

/* The flags, as text for a command's help. */
#define ASSAY_COMPARE_HELP                                                     \
    "  --tolerance P     change that does not matter, as 5% or 0.05 (5%)\n"    \
    "  --noise P         standard deviation of an unchanged case's median\n"   \
    "                    from run to run (2%)\n"                               \
    "  --filter RE       only cases whose name matches\n"                      \
    "  --any-machine     judge times although the machines differ\n"           \
    "  --format F        table, markdown or json (table)\n"                    \
    "  --store FILE      (assay.db, or $ASSAY_STORE)\n\n"                      \
    "A run is an id in the store, a store file (its newest run), or "          \
    "FILE.db:ID.\nThree runs or more of each side, by commas and measured in " \
    "turn, are judged by\ntheir ranges: the way to do it on a shared "         \
    "machine.\n"

/* Read argv; `gate` allows --baseline and -o. ASSAY_EXIT_OK, or the code to
 * end with after a report. */
int assay_compare_request_read(struct assay_compare_request *request, bool gate,
                               int argc, char **argv, struct assay_options *o);

/* Load both sides and compare them, with a warning on stderr where the machines
 * differ. base and now may be the same texts. ASSAY_EXIT_OK, or the code to end
 * with after a report; then nothing is left to free. The groups outlive the
 * comparison. */
int assay_compare_request_run(const struct assay_compare_request *request,
                              const struct assay_options *o, const char *base,
                              const char *now, struct assay_run_group groups[2],
                              struct assay_comparison **comparison);

#endif
