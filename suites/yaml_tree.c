/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "suites/text.h"

enum assay_status assay_yaml_fail(const struct assay_yaml *yaml, unsigned line,
                                  const char *key, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (key)
        return assay_fail(ASSAY_INVALID, "%.400s:%u: key '%.60s': %s",
                          yaml->path, line, key, text);
    return assay_fail(ASSAY_INVALID, "%.400s:%u: %s", yaml->path, line, text);
}

void assay_yaml_free(struct assay_yaml **yaml)
{
    struct assay_yaml *y = *yaml;
    *yaml = NULL;
    if (!y)
        return;
    for (size_t i = 0; i < y->n_nodes; i++) {
        free(y->nodes[i].key);
        free(y->nodes[i].text);
    }
    free(y->nodes);
    free(y->path);
    free(y);
}

const struct assay_yaml_node *
assay_yaml_next(const struct assay_yaml *yaml,
                const struct assay_yaml_node *parent,
                const struct assay_yaml_node *child)
{
    if (child)
        return child->next ? &yaml->nodes[child->next] : NULL;
    return parent->n ? &yaml->nodes[parent->child] : NULL;
}

const struct assay_yaml_node *assay_yaml_get(const struct assay_yaml *yaml,
                                             const struct assay_yaml_node *map,
                                             const char *key)
{
    const struct assay_yaml_node *child = NULL;
    while ((child = assay_yaml_next(yaml, map, child)))
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

/* The nodes from the root to the one being read, and the key that waits for
 * its value in each. */
struct reading {
    struct assay_yaml *yaml;
    size_t stack[ASSAY_YAML_DEPTH];
    char *key[ASSAY_YAML_DEPTH];
    size_t depth;
    unsigned line;
};

static const char *waiting_key(const struct reading *r)
{
    return r->depth ? r->key[r->depth - 1] : NULL;
}

/* A scalar as a new string. YAML's escapes can write any byte, and a terminal
 * would obey some. */
static enum assay_status copy_scalar(const struct reading *r,
                                     const yaml_event_t *event, char **text)
{
    const unsigned char *from = event->data.scalar.value;
    const size_t length = event->data.scalar.length;
    char *copy = malloc(length + 1);
    if (!copy)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", r->yaml->path);
    for (size_t i = 0; i < length; i++) {
        const bool blank = from[i] == '\n' || from[i] == '\t';
        if ((from[i] < 0x20 && !blank) || from[i] == 0x7f) {
            free(copy);
            return assay_yaml_fail(r->yaml, r->line, waiting_key(r),
                                   "control character 0x%02x; remove it",
                                   from[i]);
        }
        copy[i] = blank ? ' ' : (char)from[i];
    }
    copy[length] = '\0';
    for (size_t i = length; i > 0 && copy[i - 1] == ' '; i--)
        copy[i - 1] = '\0';
    *text = copy;
    return ASSAY_OK;
}

/* Append a node to the innermost open one; its number goes to *number. */
static enum assay_status add_node(struct reading *r, enum assay_yaml_kind kind,
                                  size_t *number)
{
    struct assay_yaml *y = r->yaml;
    if (y->n_nodes == ASSAY_YAML_NODES)
        return assay_yaml_fail(y, r->line, NULL,
                               "more than %d values; split the file",
                               ASSAY_YAML_NODES);
    if (y->n_nodes == y->capacity) {
        const size_t capacity = y->capacity ? 2 * y->capacity : 64;
        struct assay_yaml_node *nodes =
            realloc(y->nodes, capacity * sizeof *nodes);
        if (!nodes)
            return assay_fail(ASSAY_NOMEM, "%s: no memory", y->path);
        y->nodes = nodes;
        y->capacity = capacity;
    }
    const size_t at = y->n_nodes++;
    y->nodes[at] = (struct assay_yaml_node){.kind = kind, .line = r->line};
    if (r->depth) {
        struct assay_yaml_node *parent = &y->nodes[r->stack[r->depth - 1]];
        y->nodes[at].key = r->key[r->depth - 1];
        r->key[r->depth - 1] = NULL;
        if (parent->n++ == 0)
            parent->child = at;
        else
            y->nodes[parent->last].next = at;
        parent->last = at;
    }
    *number = at;
    return ASSAY_OK;
}

static enum assay_status take_key(struct reading *r, const yaml_event_t *event)
{
    char *key;
    enum assay_status status = copy_scalar(r, event, &key);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml *y = r->yaml;
    const struct assay_yaml_node *map = &y->nodes[r->stack[r->depth - 1]];
    const struct assay_yaml_node *same = assay_yaml_get(y, map, key);
    if (same)
        status = assay_yaml_fail(y, r->line, key,
                                 "stands on line %u already; keep one of them",
                                 same->line);
    else if (map->n == 256)
        status = assay_yaml_fail(y, r->line, key,
                                 "more than 256 keys in one mapping");
    if (status != ASSAY_OK) {
        free(key);
        return status;
    }
    r->key[r->depth - 1] = key;
    return ASSAY_OK;
}

static bool expects_key(const struct reading *r)
{
    return r->depth &&
           r->yaml->nodes[r->stack[r->depth - 1]].kind == ASSAY_YAML_MAP &&
           !r->key[r->depth - 1];
}

static enum assay_status open_node(struct reading *r, enum assay_yaml_kind kind)
{
    if (expects_key(r))
        return assay_yaml_fail(r->yaml, r->line, NULL,
                               "a key must be a word, not a list or mapping");
    if (r->depth == ASSAY_YAML_DEPTH)
        return assay_yaml_fail(r->yaml, r->line, waiting_key(r),
                               "nested deeper than %d levels",
                               ASSAY_YAML_DEPTH);
    size_t number = 0;
    const enum assay_status status = add_node(r, kind, &number);
    if (status == ASSAY_OK)
        r->stack[r->depth++] = number;
    return status;
}

static enum assay_status take_scalar(struct reading *r,
                                     const yaml_event_t *event)
{
    if (expects_key(r))
        return take_key(r, event);
    char *text;
    size_t number = 0;
    enum assay_status status = copy_scalar(r, event, &text);
    if (status != ASSAY_OK)
        return status;
    status = add_node(r, ASSAY_YAML_SCALAR, &number);
    if (status != ASSAY_OK) {
        free(text);
        return status;
    }
    r->yaml->nodes[number].text = text;
    return ASSAY_OK;
}

/* An anchor or a tag, either of which a suite has no use for. */
static const char *extra(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return "an alias (*name)";
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor ? "an anchor (&name)"
               : event->data.scalar.tag  ? "a tag (!name)"
                                         : NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor ? "an anchor (&name)"
               : event->data.sequence_start.tag  ? "a tag (!name)"
                                                 : NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor ? "an anchor (&name)"
               : event->data.mapping_start.tag  ? "a tag (!name)"
                                                : NULL;
    default:
        return NULL;
    }
}

static enum assay_status take_event(struct reading *r,
                                    const yaml_event_t *event)
{
    const char *refused = extra(event);
    if (refused)
        return assay_yaml_fail(r->yaml, r->line, waiting_key(r),
                               "%s is not allowed here; write the value out",
                               refused);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->yaml->n_nodes)
            return assay_yaml_fail(r->yaml, r->line, NULL,
                                   "a second document; use a file for each");
        return ASSAY_OK;
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(r, ASSAY_YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        return open_node(r, ASSAY_YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        return ASSAY_OK;
    default:
        return ASSAY_OK;
    }
}

static enum assay_status read_events(struct reading *r, yaml_parser_t *parser)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error == YAML_MEMORY_ERROR)
                return assay_fail(ASSAY_NOMEM, "%s: no memory", r->yaml->path);
            const unsigned line = (unsigned)parser->problem_mark.line + 1;
            return assay_yaml_fail(
                r->yaml, line, waiting_key(r), "not YAML: %s",
                parser->problem ? parser->problem : "unreadable");
        }
        r->line = (unsigned)event.start_mark.line + 1;
        const bool end = event.type == YAML_STREAM_END_EVENT;
        const enum assay_status status = take_event(r, &event);
        yaml_event_delete(&event);
        if (status != ASSAY_OK || end)
            return status;
    }
}

static enum assay_status parse(struct assay_yaml *yaml, const char *text,
                               size_t size)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return assay_fail(ASSAY_NOMEM, "%s: no memory", yaml->path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    struct reading r = {.yaml = yaml, .line = 1};
    enum assay_status status = read_events(&r, &parser);
    for (size_t i = 0; i < ASSAY_YAML_DEPTH; i++)
        free(r.key[i]);
    yaml_parser_delete(&parser);
    if (status == ASSAY_OK && !yaml->n_nodes)
        status = assay_yaml_fail(yaml, 1, NULL, "the file is empty");
    return status;
}

enum assay_status assay_yaml_load(const char *path, struct assay_yaml **yaml)
{
    char *text;
    size_t size;
    enum assay_status status =
        assay_text_read(path, ASSAY_YAML_BYTES, &text, &size);
    if (status != ASSAY_OK)
        return status;
    struct assay_yaml *y = calloc(1, sizeof *y);
    if (y)
        y->path = strdup(path);
    if (!y || !y->path) {
        status = assay_fail(ASSAY_NOMEM, "%s: no memory", path);
        goto fail;
    }
    status = parse(y, text, size);
    if (status != ASSAY_OK)
        goto fail;
    free(text);
    *yaml = y;
    return ASSAY_OK;
fail:
    free(text);
    assay_yaml_free(&y);
    return status;
}
