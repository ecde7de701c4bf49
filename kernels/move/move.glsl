/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of the moving ops share. A launch moves units of UNIT
 * bytes: elements, or as many as always go together (16 where arrays allow).
 * An invocation writes the next 16 bytes of y, so that no two write to one
 * word: a unit of 16, or words put together from smaller units, which it finds
 * run by run: stretches whose units are the same distance apart in x. Loads
 * are of whole words, and vectors where units are.
 *
 * The includer declares first y_words[] and y_vectors[] at the last binding and
 * the number of units of y, `n`, as the first word; and after it
 *     run seek(uint i)              the run that unit i of y begins
 *     uint load(run r)              the word with its unit
 *     uvec4 load_vector(run r)      its unit of 16 bytes
 */
layout(constant_id = 3) const uint UNIT = 4u;

struct run {
    uint source; /* which array, where there are several */
    uint at;     /* unit of x; NOWHERE: not of x */
    uint step;   /* from one to the next, in two's complement */
    uint left;   /* units, at least 1 */
};

#define NOWHERE 0xffffffffu

run seek(uint i);
uint load(run r);
uvec4 load_vector(run r);

/* The unit out of its word. */
uint unit_of(run r)
{
    const uint word = load(r);
    if (UNIT == 4u)
        return word;
    return UNIT == 2u ? bitfieldExtract(word, int(r.at % 2u) * 16, 16)
                      : bitfieldExtract(word, int(r.at % 4u) * 8, 8);
}

/* Where the word of a unit is. */
uint word_at(uint at)
{
    return at / (4u / UNIT);
}

void move()
{
    const uint item = group_number() * gl_WorkGroupSize.x +
                      gl_LocalInvocationID.x;
    uint i = item * (16u / UNIT);
    if (i >= n)
        return;
    run r = seek(i);
    if (UNIT == 16u) {
        y_vectors[item] = load_vector(r);
        return;
    }
    uvec4 words = uvec4(0u);
    uint filled = 0u;
    for (; filled < 4u && i < n; filled++) {
        uint word = 0u;
        for (uint e = 0u; e < 4u / UNIT && i < n; e++, i++) {
            if (r.left == 0u)
                r = seek(i);
            word |= unit_of(r) << (e * UNIT * 8u);
            r.at += r.step;
            r.left--;
        }
        words[filled] = word;
    }
    if (filled == 4u) {
        y_vectors[item] = words;
        return;
    }
    for (uint w = 0u; w < filled; w++)
        y_words[item * 4u + w] = words[w];
}
