/* SPDX-License-Identifier: Apache-2.0
 *
 * The integer arithmetic of s8 attention (attention.h) for Vulkan rows: weights
 * and what becomes of sums. The includer declares BYTES_OUT, a specialization
 * constant: 1 where y is s8. The last division is one of 47 bits by 24, done in
 * three steps of 32.
 */
layout(set = 0, binding = 4) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 4) writeonly buffer y_bytes { int8_t y8[]; };

const int NONE = -2147483647 - 1; /* a score of no key */

int weight(int top, int score)
{
    uint t = min(uint(top) - uint(score), packed_words[0]);
    t = (t * packed_words[1] + packed_words[2]) >> packed_words[3];
    return int(packed_words[TABLE + min(t, 255u)]);
}

/* sum * 65536 / total, towards 0. */
int divide(int sum, uint total)
{
    uint rest = uint(abs(sum)), mean = rest / total;
    rest = (rest - mean * total) * 256u;
    const uint high = rest / total;
    rest = (rest - high * total) * 256u;
    mean = mean * 65536u + high * 256u + rest / total;
    return sum < 0 ? -int(mean) : int(mean);
}

void store(uint at, int sum, uint total)
{
    const int mean = total > 0u ? divide(sum, total) : 0;
    precise const float value = float(mean) * uintBitsToFloat(packed_words[4]);
    if (BYTES_OUT == 0u) {
        y[at] = value;
        return;
    }
    const int whole = int(roundEven(clamp(value, -512.0, 512.0)));
    y8[at] = int8_t(clamp(whole + y_zero, -128, 127));
}
