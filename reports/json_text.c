/* SPDX-License-Identifier: Apache-2.0 */
#include "json_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void assay_real_text(double real, char *text, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, real);
        if (strtod(text, NULL) == real)
            break;
    }
}

static void write_text(FILE *out, const char *text, size_t n, bool in_html)
{
    putc('"', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool markup = in_html && (c == '<' || c == '>' || c == '&');
        bool separator = in_html && i + 2 < n && c == 0xE2 &&
                         (unsigned char)text[i + 1] == 0x80 &&
                         ((unsigned char)text[i + 2] & 0xFE) == 0xA8;
        if (separator) {
            fprintf(out, "\\u20%02x", (unsigned char)text[i + 2] - 0x80);
            i += 2;
        } else if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c == '\n') {
            fputs("\\n", out);
        } else if (c < 0x20 || c == 0x7F || markup) {
            fprintf(out, "\\u%04x", c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

static void begin_line(FILE *out, int level)
{
    fprintf(out, "\n%*s", 2 * level, "");
}

static void write_value(FILE *out, const json_t *json, int level, int depth,
                        bool in_html);

static void separate(FILE *out, bool first, int level, int depth)
{
    if (!first)
        fputs(level < depth ? "," : ", ", out);
    if (level < depth)
        begin_line(out, level + 1);
}

static void write_object(FILE *out, const json_t *json, int level, int depth,
                         bool in_html)
{
    bool first = true;
    /* The iterators do not change an object, though their types say so. */
    json_t *object = (json_t *)(uintptr_t)json;
    const char *key;
    json_t *value;
    putc('{', out);
    json_object_foreach(object, key, value)
    {
        separate(out, first, level, depth);
        first = false;
        write_text(out, key, strlen(key), in_html);
        fputs(": ", out);
        write_value(out, value, level + 1, depth, in_html);
    }
    if (!first && level < depth)
        begin_line(out, level);
    putc('}', out);
}

static void write_array(FILE *out, const json_t *json, int level, int depth,
                        bool in_html)
{
    size_t n = json_array_size(json);
    putc('[', out);
    for (size_t i = 0; i < n; i++) {
        separate(out, i == 0, level, depth);
        write_value(out, json_array_get(json, i), level + 1, depth, in_html);
    }
    if (n && level < depth)
        begin_line(out, level);
    putc(']', out);
}

static void write_value(FILE *out, const json_t *json, int level, int depth,
                        bool in_html)
{
    char text[32];
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        write_object(out, json, level, depth, in_html);
        break;
    case JSON_ARRAY:
        write_array(out, json, level, depth, in_html);
        break;
    case JSON_STRING:
        write_text(out, json_string_value(json), json_string_length(json),
                   in_html);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_REAL:
        assay_real_text(json_real_value(json), text, sizeof text);
        fputs(text, out);
        break;
    case JSON_TRUE:
        fputs("true", out);
        break;
    case JSON_FALSE:
        fputs("false", out);
        break;
    case JSON_NULL:
        fputs("null", out);
        break;
    }
}

void assay_json_write(FILE *out, const json_t *json, int depth, bool in_html)
{
    write_value(out, json, 0, depth, in_html);
    putc('\n', out);
}
