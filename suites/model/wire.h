/* SPDX-License-Identifier: Apache-2.0
 *
 * A first look at a serialized protobuf message, before it is unpacked: that
 * every tag, length and varint is whole and lies within its message, that
 * fields have the wire type of the schema, that messages are not nested too
 * deeply, and how much memory they will take. protobuf-c itself recurses
 * without a limit and tells no position.
 * Encoding: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef ASSAY_SUITES_MODEL_WIRE_H
#define ASSAY_SUITES_MODEL_WIRE_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

enum { ASSAY_WIRE_DEPTH = 64 };

/* INVALID names `path` and the byte at fault. *memory: an upper bound of the
 * bytes of the unpacked message, all of its parts included. */
enum assay_status assay_wire_check(const char *path,
                                   const ProtobufCMessageDescriptor *schema,
                                   const uint8_t *bytes, size_t size,
                                   size_t *memory);

#endif
