/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations of act.h, by its numbers, chosen when the pipeline is built:
 * specialization constant 3 (launch.spec[0]). y = act(x) for float and vec4.
 *
 * gelu(x) = x/2 (1 + erf(x/sqrt 2)) = max(x, 0) - |x| h(|x|) with
 * h(a) = erfc(a/sqrt 2)/2, here a polynomial in a/2.75 - 1 over [0, 5.5]
 * (weighted minimax fit); beyond, |x| h < 1.1e-7 is left constant. Absolute
 * error below 3e-7 in f32, no exp and no division. sigmoid bounds its exponent
 * so that exp stays finite.
 */
layout(constant_id = 3) const uint ACT = 0u;

#define GELU(type, x, y)                                                       \
    type a = min(abs(x), 5.5);                                                 \
    type t = a * (1.0 / 2.75) - 1.0;                                           \
    type h = fma(type(0.0021151698), t, type(-0.0078319646));                  \
    h = fma(h, t, type(-0.0013928862));                                        \
    h = fma(h, t, type(0.037410598));                                          \
    h = fma(h, t, type(-0.035134394));                                         \
    h = fma(h, t, type(-0.058376852));                                         \
    h = fma(h, t, type(0.1280358));                                            \
    h = fma(h, t, type(-0.028956905));                                         \
    h = fma(h, t, type(-0.16142029));                                          \
    h = fma(h, t, type(0.21641773));                                           \
    h = fma(h, t, type(-0.0516436));                                           \
    h = fma(h, t, type(-0.1768223));                                           \
    h = fma(h, t, type(0.27190286));                                           \
    h = fma(h, t, type(-0.20683317));                                          \
    h = fma(h, t, type(0.094557978));                                          \
    h = fma(h, t, type(-0.025007546));                                         \
    h = fma(h, t, type(0.0029797698));                                         \
    y = max(x, 0.0) - a * h;

float act(float x)
{
    if (ACT == 1u)
        return max(x, 0.0);
    if (ACT == 2u)
        return clamp(x, 0.0, 6.0);
    if (ACT == 3u) {
        float y;
        GELU(float, x, y)
        return y;
    }
    if (ACT == 4u)
        return 1.0 / (1.0 + exp(clamp(-x, -87.0, 87.0)));
    return x;
}

vec4 act(vec4 x)
{
    if (ACT == 1u)
        return max(x, 0.0);
    if (ACT == 2u)
        return clamp(x, 0.0, 6.0);
    if (ACT == 3u) {
        vec4 y;
        GELU(vec4, x, y)
        return y;
    }
    if (ACT == 4u)
        return 1.0 / (1.0 + exp(clamp(-x, -87.0, 87.0)));
    return x;
}

/* The same where none, relu and relu6 share a pipeline: ACT is 0 for them, and
 * two words carry the bounds (assay_launch_act). */
float act_between(float x, float low, float high)
{
    return act(clamp(x, low, high));
}

vec4 act_between(vec4 x, float low, float high)
{
    return act(clamp(x, low, high));
}
