/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/ports.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Integers of at most this size are whole numbers in f32. */
#define WHOLE_MAX ((int64_t)1 << 24)

static int64_t integer_at(int element, const void *from, size_t i)
{
    switch (element) {
    case ASSAY_ELEMENT_INT64:
        return ((const int64_t *)from)[i];
    case ASSAY_ELEMENT_INT32:
        return ((const int32_t *)from)[i];
    case ASSAY_ELEMENT_INT8:
        return ((const int8_t *)from)[i];
    default:
        return ((const uint8_t *)from)[i];
    }
}

static void set_integer(int element, void *to, size_t i, int64_t value)
{
    switch (element) {
    case ASSAY_ELEMENT_INT64:
        ((int64_t *)to)[i] = value;
        break;
    case ASSAY_ELEMENT_INT32:
        ((uint32_t *)to)[i] = (uint32_t)value;
        break;
    case ASSAY_ELEMENT_BOOL:
        ((uint8_t *)to)[i] = value != 0;
        break;
    default:
        ((uint8_t *)to)[i] = (uint8_t)value;
    }
}

/* Whether the device keeps the very bytes of the host. */
static bool is_same(const struct assay_lowered_port *port)
{
    return assay_element_is_float(port->element) ||
           (port->element == ASSAY_ELEMENT_INT8 && port->held == ASSAY_S8) ||
           (port->element == ASSAY_ELEMENT_INT32 && port->held == ASSAY_S32);
}

enum assay_status assay_port_pack(const struct assay_lowered_port *port,
                                  const void *from, void *to)
{
    if (is_same(port)) {
        memcpy(to, from, port->elements * assay_element_bytes(port->element));
        return ASSAY_OK;
    }
    for (size_t i = 0; i < port->elements; i++) {
        const int64_t value = integer_at(port->element, from, i);
        if (port->held == ASSAY_S8) {
            ((int8_t *)to)[i] = (int8_t)(value - 128);
            continue;
        }
        if (port->held == ASSAY_S32 && value >= INT32_MIN &&
            value <= INT32_MAX) {
            ((int32_t *)to)[i] = (int32_t)value;
            continue;
        }
        if (value > WHOLE_MAX || value < -WHOLE_MAX)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "the integer %" PRId64 " is beyond 2^24", value);
        ((float *)to)[i] = (float)value;
    }
    return ASSAY_OK;
}

void assay_port_unpack(const struct assay_lowered_port *port, const void *from,
                       void *to)
{
    if (is_same(port)) {
        memcpy(to, from, port->elements * assay_element_bytes(port->element));
        return;
    }
    for (size_t i = 0; i < port->elements; i++) {
        int64_t value = 0;
        if (port->held == ASSAY_S8) {
            value = ((const int8_t *)from)[i] + 128;
        } else if (port->held == ASSAY_S32) {
            value = ((const int32_t *)from)[i];
        } else {
            const float f = ((const float *)from)[i];
            if (fabsf(f) < 0x1p62f)
                value = (int64_t)f;
        }
        set_integer(port->element, to, i, value);
    }
}

static size_t held_bytes(const struct assay_lowered *lowered,
                         const struct assay_lowered_port *port)
{
    return port->runs ? lowered->tensor_bytes[port->tensor] : 0;
}

/* Moves bytes between a port's tensor and the host. */
struct mover {
    const struct assay_lowered *lowered;
    struct assay_program *program; /* NULL: the arena is the host's */
    char *arena;
    char *bytes; /* room for any port */
};

static struct assay_view view(const struct mover *m, unsigned tensor)
{
    return assay_program_view(m->program, m->lowered, tensor);
}

static enum assay_status put_inputs(struct mover *m, const void *const *inputs)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; !status && i < m->lowered->n_inputs; i++) {
        const struct assay_lowered_port *port = &m->lowered->inputs[i];
        const size_t bytes = held_bytes(m->lowered, port);
        if (bytes == 0)
            continue;
        memset(m->bytes, 0, bytes);
        status = assay_port_pack(port, inputs[i], m->bytes);
        if (status)
            break;
        if (!m->program) {
            memcpy(m->arena + m->lowered->tensor_offset[port->tensor], m->bytes,
                   bytes);
            continue;
        }
        const struct assay_view to = view(m, port->tensor);
        status = assay_buffer_write(to.buffer, to.offset, m->bytes, bytes);
    }
    return status;
}

static enum assay_status get_outputs(struct mover *m, void *const *outputs)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; !status && i < m->lowered->n_outputs; i++) {
        const struct assay_lowered_port *port = &m->lowered->outputs[i];
        const size_t bytes = held_bytes(m->lowered, port);
        if (!port->runs) {
            memcpy(outputs[i], port->constant,
                   port->elements * assay_element_bytes(port->element));
            continue;
        }
        if (m->program) {
            const struct assay_view from = view(m, port->tensor);
            status =
                assay_buffer_read(from.buffer, from.offset, m->bytes, bytes);
        } else {
            memcpy(m->bytes, m->arena + m->lowered->tensor_offset[port->tensor],
                   bytes);
        }
        if (!status)
            assay_port_unpack(port, m->bytes, outputs[i]);
    }
    return status;
}

static enum assay_status make_room(struct mover *m)
{
    size_t most = 1;
    for (size_t i = 0; i < m->lowered->n_tensors; i++)
        if (m->lowered->tensor_bytes[i] > most)
            most = m->lowered->tensor_bytes[i];
    m->bytes = malloc(most);
    return m->bytes ? ASSAY_OK
                    : assay_fail(ASSAY_NOMEM, "no %zu bytes for a port", most);
}

enum assay_status assay_program_call(struct assay_program *program,
                                     const struct assay_lowered *lowered,
                                     const void *const *inputs,
                                     void *const *outputs, uint64_t timeout_ns)
{
    struct mover m = {.lowered = lowered, .program = program};
    enum assay_status status = make_room(&m);
    if (!status)
        status = put_inputs(&m, inputs);
    if (!status)
        status = assay_program_run(program, timeout_ns);
    if (!status)
        status = get_outputs(&m, outputs);
    free(m.bytes);
    return status;
}

enum assay_status assay_lowered_call(const struct assay_lowered *lowered,
                                     const void *const *inputs,
                                     void *const *outputs)
{
    struct mover m = {.lowered = lowered};
    const size_t bytes = lowered->arena_bytes ? lowered->arena_bytes : 512;
    m.arena = aligned_alloc(512, bytes);
    enum assay_status status =
        m.arena
            ? make_room(&m)
            : assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference", bytes);
    if (!status)
        status = put_inputs(&m, inputs);
    if (!status)
        status = assay_lowered_steps(lowered, m.arena);
    if (!status)
        status = get_outputs(&m, outputs);
    free(m.arena);
    free(m.bytes);
    return status;
}
