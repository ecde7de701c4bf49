/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

size_t assay_utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4 || !continues(s[1]))
        return 0;
    if (s[0] < 0xE0)
        return 2;
    if (!continues(s[2]))
        return 0;
    if (s[0] < 0xF0) {
        bool overlong = s[0] == 0xE0 && s[1] < 0xA0;
        bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (!continues(s[3]))
        return 0;
    bool overlong = s[0] == 0xF0 && s[1] < 0x90;
    bool too_large = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || too_large ? 0 : 4;
}

char *assay_utf8(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *copy = malloc(3 * strlen(text) + 1), *out = copy;
    if (!copy)
        return NULL;
    while (*text) {
        size_t n = assay_utf8_length(text);
        memcpy(out, n ? text : replacement, n ? n : 3);
        out += n ? n : 3;
        text += n ? n : 1;
    }
    *out = '\0';
    return copy;
}
