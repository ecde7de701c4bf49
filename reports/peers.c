/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

/* Where the row stands in a case's name, "dense/f32/8x8x8[onednn]/cpu/t2". */
static bool bracket(const char *name, const char **begin, const char **end)
{
    *begin = strchr(name, '[');
    *end = *begin ? strchr(*begin, ']') : NULL;
    return *end;
}

bool assay_peer_name(const struct assay_record *record, char *name, size_t size)
{
    const char *text = assay_record_get_text(record, ASSAY_FIELD_case);
    const char *begin, *end;
    if (!assay_record_get_text(record, ASSAY_FIELD_library) || !text ||
        !bracket(text, &begin, &end) || (size_t)(end - begin) > size)
        return false;
    memcpy(name, begin + 1, (size_t)(end - begin - 1));
    name[end - begin - 1] = '\0';
    return true;
}

/* The case without the row in brackets, as ours is named. */
static const struct assay_record *ours_of(const struct assay_run_data *run,
                                          const struct assay_record *peer)
{
    const char *name = assay_record_get_text(peer, ASSAY_FIELD_case);
    const char *begin, *end;
    if (!bracket(name, &begin, &end))
        return NULL;
    const size_t before = (size_t)(begin - name);
    for (size_t i = 0; i < run->n_records; i++) {
        const char *other =
            assay_record_get_text(run->records[i], ASSAY_FIELD_case);
        if (other && !strncmp(other, name, before) &&
            !strcmp(other + before, end + 1))
            return run->records[i];
    }
    return NULL;
}

static bool real(const struct assay_record *record, enum assay_field field,
                 double *value)
{
    *value = record->fields[field].real;
    return record->fields[field].present && *value > 0;
}

static bool measured(const struct assay_record *record, double *median,
                     double *low, double *high)
{
    const char *status =
        record ? assay_record_get_text(record, ASSAY_FIELD_status) : NULL;
    if (!status || strcmp(status, "ok") != 0 ||
        !real(record, ASSAY_FIELD_latency_ns_median, median))
        return false;
    if (!real(record, ASSAY_FIELD_latency_ns_low, low) ||
        !real(record, ASSAY_FIELD_latency_ns_high, high))
        *low = *high = *median;
    return true;
}

enum assay_status assay_peers_find(const struct assay_run_data *run,
                                   struct assay_peer_pair **pairs, size_t *n)
{
    char name[32];
    *n = 0;
    *pairs = calloc(run->n_records + 1, sizeof **pairs);
    if (!*pairs)
        return assay_report_no_memory("peers");
    for (size_t i = 0; i < run->n_records; i++) {
        const struct assay_record *peer = run->records[i];
        double ours[3], theirs[3];
        if (!assay_peer_name(peer, name, sizeof name) ||
            !measured(peer, &theirs[0], &theirs[1], &theirs[2]))
            continue;
        const struct assay_record *own = ours_of(run, peer);
        if (measured(own, &ours[0], &ours[1], &ours[2]))
            (*pairs)[(*n)++] =
                (struct assay_peer_pair){.ours = own,
                                         .peer = peer,
                                         .ratio = theirs[0] / ours[0],
                                         .low = theirs[1] / ours[2],
                                         .high = theirs[2] / ours[1]};
    }
    return ASSAY_OK;
}

/* Whether no other library was faster on the same case of ours. */
static bool is_best(const struct assay_peer_pair *pairs, size_t n, size_t k)
{
    for (size_t i = 0; i < n; i++)
        if (pairs[i].ours == pairs[k].ours && pairs[i].ratio < pairs[k].ratio)
            return false;
    return true;
}

static bool say(json_t *sentences, const struct assay_peer_pair *pairs,
                size_t n)
{
    size_t count = 0, faster = 0;
    const struct assay_peer_pair *worst = NULL, *best = NULL;
    char worst_name[32], best_name[32], *text;
    for (size_t i = 0; i < n; i++) {
        if (!is_best(pairs, n, i))
            continue;
        count++;
        faster += pairs[i].ratio >= 1;
        if (!worst || pairs[i].ratio < worst->ratio)
            worst = &pairs[i];
        if (!best || pairs[i].ratio > best->ratio)
            best = &pairs[i];
    }
    if (count == 0)
        return true;
    assay_peer_name(worst->peer, worst_name, sizeof worst_name);
    assay_peer_name(best->peer, best_name, sizeof best_name);
    if (asprintf(&text,
                 "Against the fastest library: %zu of %zu cases are at least "
                 "as fast; from %.2f (%s, %s) to %.2f (%s, %s) of its speed.",
                 faster, count, worst->ratio,
                 assay_record_get_text(worst->ours, ASSAY_FIELD_case),
                 worst_name, best->ratio,
                 assay_record_get_text(best->ours, ASSAY_FIELD_case),
                 best_name) < 0)
        return false;
    const bool ok = !json_array_append_new(sentences, json_string(text));
    free(text);
    return ok;
}

bool assay_peers_say(json_t *sentences, const struct assay_run_data *run)
{
    struct assay_peer_pair *pairs;
    size_t n;
    if (assay_peers_find(run, &pairs, &n) != ASSAY_OK)
        return false;
    const bool ok = say(sentences, pairs, n);
    free(pairs);
    return ok;
}
