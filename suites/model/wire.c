/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/wire.h"

#include <stdbool.h>

enum { WIRE_VARINT = 0, WIRE_8 = 1, WIRE_LENGTH = 2, WIRE_4 = 5 };

struct scan {
    const char *path;
    const uint8_t *bytes;
    size_t at; /* the next byte */
    size_t memory;
};

static enum assay_status fault(const struct scan *scan, size_t at,
                               const char *what)
{
    return assay_fail(ASSAY_INVALID,
                      "%s: byte %zu: %s; the file is cut short, damaged or "
                      "not ONNX: get it anew",
                      scan->path, at, what);
}

static bool varint(struct scan *scan, size_t end, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70 && scan->at < end; shift += 7) {
        uint8_t byte = scan->bytes[scan->at++];
        if (shift < 64)
            *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static unsigned wire_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_4;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_8;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_LENGTH;
    default:
        return WIRE_VARINT;
    }
}

/* What a field costs beyond its message: an entry in the parser's list and in
 * an array, and its contents, which grow if they are packed varints. */
static size_t cost(const ProtobufCFieldDescriptor *field, size_t length)
{
    bool grows = field && wire_of(field->type) == WIRE_VARINT;
    return 64 + length * (grows ? 8 : 1);
}

static bool skip_fixed(struct scan *scan, size_t end, size_t size)
{
    if (end - scan->at < size)
        return false;
    scan->at += size;
    return true;
}

static enum assay_status message(struct scan *scan,
                                 const ProtobufCMessageDescriptor *schema,
                                 size_t end, unsigned depth);

static enum assay_status delimited(struct scan *scan,
                                   const ProtobufCFieldDescriptor *field,
                                   size_t end, unsigned depth)
{
    size_t start = scan->at;
    uint64_t length;
    if (!varint(scan, end, &length))
        return fault(scan, start, "a length is incomplete");
    if (length > end - scan->at)
        return fault(scan, start, "a length exceeds what follows");
    scan->memory += cost(field, (size_t)length);
    if (field && field->type == PROTOBUF_C_TYPE_MESSAGE)
        return message(scan, field->descriptor, scan->at + (size_t)length,
                       depth + 1);
    scan->at += (size_t)length;
    return ASSAY_OK;
}

static enum assay_status field_value(struct scan *scan,
                                     const ProtobufCFieldDescriptor *field,
                                     unsigned wire, size_t end, unsigned depth)
{
    size_t start = scan->at;
    uint64_t ignored;
    switch (wire) {
    case WIRE_VARINT:
        scan->memory += cost(field, 10);
        if (!varint(scan, end, &ignored))
            return fault(scan, start, "a number is incomplete");
        return ASSAY_OK;
    case WIRE_4:
    case WIRE_8:
        scan->memory += cost(field, 8);
        if (!skip_fixed(scan, end, wire == WIRE_4 ? 4 : 8))
            return fault(scan, start, "a number is incomplete");
        return ASSAY_OK;
    case WIRE_LENGTH:
        return delimited(scan, field, end, depth);
    default:
        return fault(scan, start, "an unknown wire type");
    }
}

static enum assay_status message(struct scan *scan,
                                 const ProtobufCMessageDescriptor *schema,
                                 size_t end, unsigned depth)
{
    uint64_t seen = 0; /* singular messages, which protobuf-c would merge */
    if (depth > ASSAY_WIRE_DEPTH)
        return fault(scan, scan->at, "messages are nested too deeply");
    scan->memory += schema->sizeof_message;
    while (scan->at < end) {
        size_t start = scan->at;
        uint64_t tag;
        if (!varint(scan, end, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
            return fault(scan, start, "a tag is incomplete or out of range");
        unsigned wire = (unsigned)(tag & 7);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(schema,
                                                    (unsigned)(tag >> 3));
        if (field && wire != wire_of(field->type) &&
            !(wire == WIRE_LENGTH && field->label == PROTOBUF_C_LABEL_REPEATED))
            return fault(scan, start, "a field has another type than in ONNX");
        if (field && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            field->label != PROTOBUF_C_LABEL_REPEATED) {
            uint64_t bit = (uint64_t)1 << ((field - schema->fields) & 63);
            if (seen & bit)
                return fault(scan, start, "a field is given twice");
            seen |= bit;
        }
        enum assay_status status = field_value(scan, field, wire, end, depth);
        if (status)
            return status;
    }
    return ASSAY_OK;
}

enum assay_status assay_wire_check(const char *path,
                                   const ProtobufCMessageDescriptor *schema,
                                   const uint8_t *bytes, size_t size,
                                   size_t *memory)
{
    struct scan scan = {.path = path, .bytes = bytes};
    enum assay_status status = message(&scan, schema, size, 0);
    *memory = scan.memory;
    return status;
}
