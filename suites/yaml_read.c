/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/yaml_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum assay_status assay_yaml_known(const struct assay_yaml *y,
                                   const struct assay_yaml_node *map,
                                   const char *const *keys)
{
    const struct assay_yaml_node *child = NULL;
    while ((child = assay_yaml_next(y, map, child))) {
        bool known = false;
        char all[256] = "";
        for (size_t i = 0; keys[i]; i++) {
            known |= strcmp(child->key, keys[i]) == 0;
            const size_t length = strlen(all);
            snprintf(all + length, sizeof all - length, "%s%s", i ? ", " : "",
                     keys[i]);
        }
        if (!known)
            return assay_yaml_fail(y, child->line, child->key,
                                   "unknown; known here are %s", all);
    }
    return ASSAY_OK;
}

enum assay_status assay_yaml_expect(const struct assay_yaml *y,
                                    const struct assay_yaml_node *node,
                                    const char *key, enum assay_yaml_kind kind)
{
    static const char *const names[] = {"a single value", "a list",
                                        "a mapping (key: value)"};
    if (node->kind != kind)
        return assay_yaml_fail(y, node->line, key, "must be %s, not %s",
                               names[kind], names[node->kind]);
    return ASSAY_OK;
}

enum assay_status assay_yaml_text(const struct assay_yaml *y,
                                  const struct assay_yaml_node *node,
                                  size_t longest, char **text)
{
    const enum assay_status status =
        assay_yaml_expect(y, node, node->key, ASSAY_YAML_SCALAR);
    if (status != ASSAY_OK)
        return status;
    if (!node->text[0] || strlen(node->text) > longest)
        return assay_yaml_fail(y, node->line, node->key,
                               "must be a text of 1 to %zu bytes", longest);
    *text = strdup(node->text);
    return *text ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "%s: no memory", y->path);
}

enum assay_status assay_yaml_int(const struct assay_yaml *y,
                                 const struct assay_yaml_node *node,
                                 const char *key, int64_t low, int64_t high,
                                 int64_t *value)
{
    const enum assay_status status =
        assay_yaml_expect(y, node, key, ASSAY_YAML_SCALAR);
    if (status != ASSAY_OK)
        return status;
    char *end;
    errno = 0;
    const long long parsed = strtoll(node->text, &end, 10);
    if (end == node->text || *end || errno || parsed < low || parsed > high)
        return assay_yaml_fail(y, node->line, key,
                               "'%.40s' is not a whole number of %lld to %lld",
                               node->text, (long long)low, (long long)high);
    *value = parsed;
    return ASSAY_OK;
}

enum assay_status assay_yaml_real(const struct assay_yaml *y,
                                  const struct assay_yaml_node *node,
                                  const char *key, double *value)
{
    const enum assay_status status =
        assay_yaml_expect(y, node, key, ASSAY_YAML_SCALAR);
    if (status != ASSAY_OK)
        return status;
    char *end;
    const double parsed = strtod(node->text, &end);
    if (end == node->text || *end || !isfinite(parsed))
        return assay_yaml_fail(y, node->line, key,
                               "'%.40s' is not a finite number", node->text);
    *value = parsed;
    return ASSAY_OK;
}

bool assay_yaml_is_file_name(const char *text)
{
    return text[0] && text[0] != '.' && !strchr(text, '/') &&
           strlen(text) <= 200;
}
