/* SPDX-License-Identifier: Apache-2.0 */
#include "html.h"

#include <stdlib.h>

#include "absent.h"
#include "accuracy.h"
#include "json.h"
#include "json_text.h"
#include "peers.h"
#include "summary.h"

static json_t *fields(void)
{
    static const char *const kinds[] = {
        [ASSAY_KIND_TEXT] = "text",
        [ASSAY_KIND_INT] = "int",
        [ASSAY_KIND_REAL] = "real",
        [ASSAY_KIND_JSON] = "json",
    };
    json_t *list = json_array();
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "name",
                                              assay_fields[i].name, "kind",
                                              kinds[assay_fields[i].kind],
                                              "unit", assay_fields[i].unit,
                                              "text", assay_fields[i].text));
    return list;
}

static size_t index_of(const struct assay_run_data *run,
                       const struct assay_record *record)
{
    size_t i = 0;
    while (run->records[i] != record)
        i++;
    return i;
}

/* Our cases against libraries': numbers of records, and the ratio. */
static json_t *peers(const struct assay_run_data *const *runs, size_t n)
{
    json_t *list = json_array();
    size_t before = 0;
    for (size_t r = 0; list && r < n; before += runs[r++]->n_records) {
        struct assay_peer_pair *pairs;
        size_t n_pairs;
        if (assay_peers_find(runs[r], &pairs, &n_pairs) != ASSAY_OK) {
            json_decref(list);
            return NULL;
        }
        for (size_t i = 0; i < n_pairs; i++)
            json_array_append_new(
                list,
                json_pack("{s:i, s:i, s:f}", "ours",
                          (int)(before + index_of(runs[r], pairs[i].ours)),
                          "peer",
                          (int)(before + index_of(runs[r], pairs[i].peer)),
                          "ratio", pairs[i].ratio));
        free(pairs);
    }
    return list;
}

enum assay_status assay_report_html(const struct assay_run_data *const *runs,
                                    size_t n,
                                    const struct assay_report_options *options,
                                    FILE *out)
{
    json_t *data = assay_runs_to_json(runs, n, false);
    json_t *front = assay_front_to_json(runs, n, options);
    json_t *summary = assay_summary(runs, n, options);
    if (!data || json_object_set(data, "front", front) ||
        json_object_set(data, "summary", summary) ||
        json_object_set_new(data, "peers", peers(runs, n)) ||
        json_object_set_new(data, "scores", assay_accuracy_to_json(runs, n)) ||
        json_object_set_new(data, "lacking", assay_absent_to_json(runs, n)) ||
        json_object_set_new(data, "fields", fields())) {
        json_decref(data);
        data = NULL;
    }
    json_decref(front);
    json_decref(summary);
    if (!data)
        return assay_report_no_memory("html");
    fwrite(assay_page.head, 1, assay_page.head_size, out);
    assay_json_write(out, data, 2, true);
    fwrite(assay_page.tail, 1, assay_page.tail_size, out);
    json_decref(data);
    return ASSAY_OK;
}
