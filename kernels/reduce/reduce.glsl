/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of reduce share. FORM is 0 for a sum, 1 for a sum of
 * squares, 2 for the maximum of `sign` times each element; the result is then
 * multiplied by `scale`, which makes a mean of a sum, and a minimum of the
 * maximum of the negatives.
 */
layout(constant_id = 4) const uint FORM = 0u;

float neutral()
{
    return FORM == 2u ? uintBitsToFloat(0xff800000u) : 0.0;
}

float combine(float a, float b, float sign)
{
    return FORM == 0u ? a + b : FORM == 1u ? fma(b, b, a) : max(a, b * sign);
}

vec4 combine(vec4 a, vec4 b, float sign)
{
    return FORM == 0u ? a + b : FORM == 1u ? fma(b, b, a) : max(a, b * sign);
}

/* Of two partial results. */
float join(float a, float b)
{
    return FORM == 2u ? max(a, b) : a + b;
}

vec4 join(vec4 a, vec4 b)
{
    return FORM == 2u ? max(a, b) : a + b;
}
