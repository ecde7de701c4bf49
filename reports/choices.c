/* SPDX-License-Identifier: Apache-2.0 */
#include "choices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count_layer(struct assay_choices *c, const json_t *layer)
{
    const char *runs = json_string_value(json_object_get(layer, "runs"));
    const char *why = json_string_value(json_object_get(layer, "reason"));
    const double dense = json_number_value(json_object_get(layer, "dense_ns"));
    const double sparse =
        json_number_value(json_object_get(layer, "sparse_ns"));
    c->layers++;
    if (runs && strcmp(runs, "sparse") == 0) {
        c->sparse++;
    } else if (!why && dense > 0 && sparse > 0) {
        const double ratio = sparse / dense;
        c->least = c->slower == 0 || ratio < c->least ? ratio : c->least;
        c->most = c->slower == 0 || ratio > c->most ? ratio : c->most;
        c->slower++;
    } else {
        why = why ? why : "for a reason that was not recorded";
        const json_int_t n =
            json_integer_value(json_object_get(c->reasons, why));
        json_object_set_new(c->reasons, why, json_integer(n + 1));
    }
}

bool assay_choices_read(const struct assay_record *record,
                        struct assay_choices *choices)
{
    const char *text = assay_record_get_text(record, ASSAY_FIELD_choices);
    json_t *list = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *layer;
    size_t i;
    *choices = (struct assay_choices){.reasons = json_object()};
    json_array_foreach(list, i, layer)
    {
        if (json_is_object(layer) && choices->reasons)
            count_layer(choices, layer);
    }
    json_decref(list);
    if (choices->layers == 0)
        assay_choices_free(choices);
    return choices->layers > 0;
}

void assay_choices_free(struct assay_choices *choices)
{
    json_decref(choices->reasons);
    choices->reasons = NULL;
}

static void layers(FILE *out, json_int_t n)
{
    fprintf(out, " (%lld layer%s)", (long long)n, n == 1 ? "" : "s");
}

/* Why the layers that run dense do. */
static void reasons_for_dense(FILE *out, const struct assay_choices *c)
{
    static const char there_is[] = "there is ";
    const char *before = ": ", *why;
    json_t *n;
    json_object_foreach(c->reasons, why, n)
    {
        const size_t skip = strncmp(why, there_is, strlen(there_is)) == 0
                                ? strlen(there_is)
                                : 0;
        fprintf(out, "%s%s", before, why + skip);
        layers(out, json_integer_value(n));
        before = ", ";
    }
    if (c->slower == 0)
        return;
    fprintf(out, "%ssparse takes %.2fx", before, c->least);
    if (c->most - c->least >= 0.005)
        fprintf(out, " to %.2fx", c->most);
    fputs(" as long", out);
    layers(out, (json_int_t)c->slower);
}

char *assay_choices_text(const struct assay_record *record)
{
    struct assay_choices c;
    char *text = NULL;
    size_t size;
    if (!assay_choices_read(record, &c))
        return NULL;
    FILE *out = open_memstream(&text, &size);
    if (out && c.sparse > 0) {
        fprintf(out, "runs sparse in %zu of %zu layer%s with zeros", c.sparse,
                c.layers, c.layers == 1 ? "" : "s");
    } else if (out) {
        fputs("runs dense", out);
        reasons_for_dense(out, &c);
    }
    if (out && fclose(out)) {
        free(text);
        text = NULL;
    }
    assay_choices_free(&c);
    return text;
}
