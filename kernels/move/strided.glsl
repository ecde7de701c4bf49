/* SPDX-License-Identifier: Apache-2.0
 *
 * The runs of a move (move.h), of units, for the Vulkan rows of slice, and of
 * transpose where no plane is turned. The includer defines BASE, RANK, COUNT(a)
 * and STEP(a), which are words, and declares x_words[] and x_vectors[].
 */
#include "move/move.glsl"

run seek(uint i)
{
    const uint last = RANK - 1u;
    const uint j = i % COUNT(last);
    uint rest = i / COUNT(last), at = BASE + j * STEP(last);
    for (uint a = last; a-- > 0u;) {
        at += rest % COUNT(a) * STEP(a);
        rest /= COUNT(a);
    }
    return run(0u, at, STEP(last), COUNT(last) - j);
}

uint load(run r)
{
    return x_words[word_at(r.at)];
}

uvec4 load_vector(run r)
{
    return x_vectors[r.at];
}
