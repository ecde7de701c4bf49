/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations of act.h, by its numbers, chosen when the pipeline is built:
 * specialization constant 3 (launch.spec[0]). y = act(x) for float and vec4.
 *
 * gelu(x) = x/2 (1 + erf(x/sqrt 2)) = max(x, 0) - |x| h(|x|) with
 * h(a) = erfc(a/sqrt 2)/2, here a polynomial in a/2.75 - 1 over [0, 5.5]
 * (weighted minimax fit); beyond, |x| h < 1.1e-7 is left constant. Absolute
 * error below 3e-7 in f32, no exp and no division. sigmoid bounds its exponent
 * so that exp stays finite. tanh is the quotient of act_vector.h.
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

#define TANH(type, x, y)                                                       \
    type a = clamp(x, -9.0, 9.0);                                              \
    type z = a * a;                                                            \
    type p = fma(z, type(1.33549136e-08), type(2.06093027e-05));               \
    p = fma(p, z, type(0.00349560333));                                        \
    p = fma(p, z, type(0.133810386));                                          \
    p = fma(p, z, type(1.0));                                                  \
    type q = fma(z, type(7.7766731e-07), type(0.00032856586));                 \
    q = fma(q, z, type(0.0258770417));                                         \
    q = fma(q, z, type(0.467143536));                                          \
    q = fma(q, z, type(1.0));                                                  \
    y = clamp(a * p / q, -1.0, 1.0);

#define GELU_TANH(type, x, y)                                                  \
    type a = max(x, -12.0);                                                    \
    type u = a * fma(a * a, type(-0.0713548163), type(-1.59576912));           \
    y = a / (1.0 + exp(min(u, 87.0)));

#define HARDSWISH(type, x, y)                                                  \
    type a = max(x, -3.0);                                                     \
    y = a * (min(a + 3.0, 6.0) * (1.0 / 6.0));

#define ACT_BODY(type, x)                                                      \
    type y = x;                                                                \
    if (ACT == 1u) {                                                           \
        y = max(x, 0.0);                                                       \
    } else if (ACT == 2u) {                                                    \
        y = clamp(x, 0.0, 6.0);                                                \
    } else if (ACT == 3u) {                                                    \
        GELU(type, x, y)                                                       \
    } else if (ACT == 4u) {                                                    \
        y = 1.0 / (1.0 + exp(clamp(-x, -87.0, 87.0)));                         \
    } else if (ACT == 5u) {                                                    \
        GELU_TANH(type, x, y)                                                  \
    } else if (ACT == 6u) {                                                    \
        TANH(type, x, y)                                                       \
    } else if (ACT == 7u) {                                                    \
        HARDSWISH(type, x, y)                                                  \
    }                                                                          \
    return y;

float act(float x)
{
    ACT_BODY(float, x)
}

vec4 act(vec4 x)
{
    ACT_BODY(vec4, x)
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
