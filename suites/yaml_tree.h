/* SPDX-License-Identifier: Apache-2.0
 *
 * A YAML file as a tree of nodes that know their lines. Only what suites need
 * is read: one document of plain mappings, sequences and scalars. Anchors,
 * aliases, tags, merge keys, keys that are no scalars, repeated keys and
 * control characters are refused, so that a file cannot grow by being read.
 */
#ifndef ASSAY_SUITES_YAML_TREE_H
#define ASSAY_SUITES_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/status.h"

enum assay_yaml_kind {
    ASSAY_YAML_SCALAR,
    ASSAY_YAML_LIST,
    ASSAY_YAML_MAP,
};

struct assay_yaml_node {
    enum assay_yaml_kind kind;
    unsigned line; /* from 1 */
    char *key;     /* where the parent is a map, else NULL */
    char *text;    /* of a scalar; line breaks have become spaces */
    size_t n;      /* children of a list or map */
    size_t child;  /* the first one's number, if n > 0 */
    size_t next;   /* the next sibling's number; 0: none */
    size_t last;   /* the newest child's number, while reading */
};

struct assay_yaml {
    char *path;
    struct assay_yaml_node *nodes; /* nodes[0] is the root */
    size_t n_nodes, capacity;
};

/* The most that a file may be and hold. */
enum {
    ASSAY_YAML_BYTES = 1 << 20,
    ASSAY_YAML_NODES = 200000,
    ASSAY_YAML_DEPTH = 16,
};

/* A fault is INVALID as "FILE:LINE: …", or as assay_text_read has it. */
enum assay_status assay_yaml_load(const char *path, struct assay_yaml **yaml);
void assay_yaml_free(struct assay_yaml **yaml);

/* The child of a map by its key, or NULL. */
const struct assay_yaml_node *assay_yaml_get(const struct assay_yaml *yaml,
                                             const struct assay_yaml_node *map,
                                             const char *key);

/* The children in turn: pass NULL first; NULL after the last. */
const struct assay_yaml_node *
assay_yaml_next(const struct assay_yaml *yaml,
                const struct assay_yaml_node *parent,
                const struct assay_yaml_node *child);

/* INVALID with "FILE:LINE: key 'KEY': …"; key NULL leaves that part out. */
enum assay_status assay_yaml_fail(const struct assay_yaml *yaml, unsigned line,
                                  const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
