/* SPDX-License-Identifier: Apache-2.0
 *
 * Long loops of Vulkan rows. llvmpipe ends all loops of an invocation after
 * 65535 turns together (assay_launch_turns of launch.h), so a turn takes
 * LOOP_STEPS steps. To be included before anything is declared.
 */
#extension GL_EXT_control_flow_attributes : require
#define LOOP_STEPS 8u

/* `body` for each j from `begin` to below `end`. */
#define LOOP(j, begin, end, body)                                              \
    {                                                                          \
        uint j = begin;                                                        \
        for (; j + LOOP_STEPS <= end;)                                         \
            [[unroll]] for (uint loop_step = 0u; loop_step < LOOP_STEPS;       \
                            loop_step++, j++) {                                \
                body                                                           \
            }                                                                  \
        for (; j < end; j++) {                                                 \
            body                                                               \
        }                                                                      \
    }
