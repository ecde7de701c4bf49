/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/graph.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

size_t assay_element_bytes(int element)
{
    switch (element) {
    case ASSAY_ELEMENT_FLOAT:
    case ASSAY_ELEMENT_INT32:
        return 4;
    case ASSAY_ELEMENT_INT64:
        return 8;
    case ASSAY_ELEMENT_FLOAT16:
        return 2;
    case ASSAY_ELEMENT_UINT8:
    case ASSAY_ELEMENT_INT8:
    case ASSAY_ELEMENT_BOOL:
        return 1;
    default:
        return 0;
    }
}

bool assay_element_is_float(int element)
{
    return element == ASSAY_ELEMENT_FLOAT || element == ASSAY_ELEMENT_FLOAT16;
}

bool assay_element_is_byte(int element)
{
    return element == ASSAY_ELEMENT_INT8 || element == ASSAY_ELEMENT_UINT8;
}

const char *assay_element_name(int element)
{
    static const char *const names[] = {
        "undefined", "float",  "uint8",     "int8",       "uint16",   "int16",
        "int32",     "int64",  "string",    "bool",       "float16",  "double",
        "uint32",    "uint64", "complex64", "complex128", "bfloat16",
    };
    if (element < 0 || (size_t)element >= sizeof names / sizeof *names)
        return "an unknown type";
    return names[element];
}

int64_t assay_dims_product(const struct assay_dims *dims, int first, int end)
{
    int64_t product = 1;
    for (int i = first; i < end; i++)
        product *= dims->size[i];
    return product;
}

int64_t assay_dims_count(const struct assay_dims *dims)
{
    return assay_dims_product(dims, 0, dims->rank);
}

bool assay_dims_equal(const struct assay_dims *a, const struct assay_dims *b)
{
    return a->rank == b->rank &&
           (a->rank == 0 ||
            memcmp(a->size, b->size, (size_t)a->rank * sizeof *a->size) == 0);
}

void assay_dims_text(const struct assay_dims *dims, char *text, size_t size)
{
    size_t at = 0;
    snprintf(text, size, "scalar");
    for (int i = 0; i < dims->rank && at < size; i++) {
        int n = dims->size[i] < 0
                    ? snprintf(text + at, size - at, "%sN", i ? "x" : "")
                    : snprintf(text + at, size - at, "%s%" PRId64, i ? "x" : "",
                               dims->size[i]);
        at += (size_t)n;
    }
}

/* Bytes of the UTF-8 character at `s`; 0: not one, or a control character. */
static size_t character(const unsigned char *s)
{
    if (s[0] < 0x80)
        return s[0] >= 0x20 && s[0] != 0x7f;
    size_t n = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
               : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
               : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                             : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xe0 && s[1] < 0xa0) ||
        (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void assay_text_clean(char *text, size_t size, const char *from)
{
    const unsigned char *s = (const unsigned char *)from;
    size_t at = 0;
    while (*s) {
        size_t n = character(s);
        if (at + (n ? n : 1) >= size)
            break;
        if (n == 0)
            text[at++] = '?';
        for (size_t i = 0; i < n; i++)
            text[at++] = (char)s[i];
        s += n ? n : 1;
    }
    text[at] = '\0';
}

bool assay_is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

enum assay_status assay_node_fail(const struct assay_model *model,
                                  const struct assay_node *node,
                                  enum assay_status status, const char *format,
                                  ...)
{
    char what[512], name[80], who[120];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    assay_text_clean(name, sizeof name, node->name);
    if (*name)
        snprintf(who, sizeof who, "node '%s'", name);
    else
        snprintf(who, sizeof who, "node %" PRIu32, node->number);
    return assay_fail(status, "%s: %s (%s): %s", model->path, who,
                      node->op->name, what);
}

const struct assay_attribute *assay_node_find(const struct assay_node *node,
                                              const char *name)
{
    for (uint32_t i = 0; i < node->n_attributes; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    return NULL;
}

int64_t assay_node_int(const struct assay_node *node, const char *name,
                       int64_t standard)
{
    const struct assay_attribute *a = assay_node_find(node, name);
    return a ? a->i : standard;
}

float assay_node_float(const struct assay_node *node, const char *name,
                       float standard)
{
    const struct assay_attribute *a = assay_node_find(node, name);
    return a ? a->f : standard;
}

const char *assay_node_string(const struct assay_node *node, const char *name,
                              const char *standard)
{
    const struct assay_attribute *a = assay_node_find(node, name);
    return a ? a->s : standard;
}
