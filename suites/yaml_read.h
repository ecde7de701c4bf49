/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of YAML nodes, checked: what the readers of suites and of data sets
 * share. A fault is INVALID with file, line and key, and what to write instead.
 */
#ifndef ASSAY_SUITES_YAML_READ_H
#define ASSAY_SUITES_YAML_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "suites/yaml_tree.h"

/* Refuse keys that are not in the NULL-terminated list. */
enum assay_status assay_yaml_known(const struct assay_yaml *yaml,
                                   const struct assay_yaml_node *map,
                                   const char *const *keys);

/* `key` is the one to name in the message. */
enum assay_status assay_yaml_expect(const struct assay_yaml *yaml,
                                    const struct assay_yaml_node *node,
                                    const char *key, enum assay_yaml_kind kind);

/* A scalar of 1 to `longest` bytes, as a new string. */
enum assay_status assay_yaml_text(const struct assay_yaml *yaml,
                                  const struct assay_yaml_node *node,
                                  size_t longest, char **text);
enum assay_status assay_yaml_int(const struct assay_yaml *yaml,
                                 const struct assay_yaml_node *node,
                                 const char *key, int64_t low, int64_t high,
                                 int64_t *value);
/* A finite number. */
enum assay_status assay_yaml_real(const struct assay_yaml *yaml,
                                  const struct assay_yaml_node *node,
                                  const char *key, double *value);

/* Whether a text names a file of a folder and cannot lead out of it: no slash,
 * no dot at the beginning, at most 200 bytes. */
bool assay_yaml_is_file_name(const char *text);

#endif
