/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernel_cases.h"

const struct kernel_case kernel_cases[] = {
    {"dense", "m=512 n=512 k=512"},
    {"dense", "m=1 n=208 k=784 bias=1 act=relu"},
    {"dense", "m=64 n=208 k=784 bias=1 act=relu"},
    {"dense", "m=64 n=10 k=128 bias=1"},
    {"dense", "m=1 n=10 k=64 bias=1"},
    {"dense", "m=1 n=1000 k=1280 bias=1"},
    {"dense", "m=256 n=256 k=1"},
    {"dense", "m=1 n=1 k=1"},
    {"dense", "m=1 n=1 k=1 bias=1 act=sigmoid"},
    {"dense", "m=2 n=1 k=4099"},
    {"dense", "m=1021 n=1 k=3"},
    {"dense", "m=1 n=1021 k=7 act=gelu"},
    {"dense", "m=13 n=31 k=127 bias=1 act=relu6"},
    {"dense", "m=15 n=65 k=257 bias=1"},
    {"dense", "m=97 n=101 k=103 act=gelu"},
    {"dense", "m=127 n=129 k=385 bias=1"},
    {"dense", "m=29 n=70 k=1024 bias=1 act=relu"},
    {"dense", "m=15 n=300 k=2048 bias=1 act=gelu"},

    {"conv2d", "h=28 w=28 c=64 k=64 r=3 s=3 pad_top=1 pad_left=1 pad_bottom=1 "
               "pad_right=1 bias=1 act=relu"},
    {"conv2d", "h=28 w=28 c=1 k=16 r=3 s=3 pad_top=1 pad_left=1 pad_bottom=1 "
               "pad_right=1 bias=1 act=relu"},
    {"conv2d", "n=8 h=14 w=14 c=32 k=64 r=3 s=3 pad_top=1 pad_left=1 "
               "pad_bottom=1 pad_right=1 stride_h=2 stride_w=2 bias=1"},
    {"conv2d", "n=2 h=14 w=14 c=48 k=96 r=1 s=1 bias=1 act=relu6"},
    {"conv2d", "h=14 w=14 c=64 k=128 r=1 s=1 stride_h=2 stride_w=2"},
    {"conv2d", "h=32 w=32 c=3 k=24 r=7 s=7 stride_h=2 stride_w=2 pad_top=3 "
               "pad_left=3 pad_bottom=3 pad_right=3 bias=1 act=relu"},
    {"conv2d", "h=1 w=1 c=1 k=1 r=1 s=1"},
    {"conv2d", "h=1 w=1 c=5 k=7 r=3 s=3 pad_top=1 pad_left=1 pad_bottom=1 "
               "pad_right=1 bias=1"},
    {"conv2d", "h=2 w=3 c=4 k=6 r=5 s=5 pad_top=4 pad_left=4 pad_bottom=4 "
               "pad_right=4 groups=2 act=gelu"},
    {"conv2d", "h=17 w=13 c=7 k=17 r=2 s=5 pad_left=2 pad_bottom=1 dil_h=3 "
               "dil_w=2 stride_w=3 bias=1 act=sigmoid"},
    {"conv2d", "n=3 h=9 w=31 c=12 k=15 r=3 s=1 groups=3 stride_h=3 bias=1"},
    {"conv2d", "h=8 w=8 c=64 k=64 r=3 s=3 groups=4 pad_top=2 pad_left=2 "
               "pad_bottom=2 pad_right=2 dil_h=2 dil_w=2"},
    {"conv2d", "h=5 w=127 c=3 k=33 r=1 s=9 pad_right=8"},
    {"conv2d", "h=4 w=4 c=1024 k=70 r=1 s=1 bias=1 act=relu"},
    {"conv2d", "h=3 w=8 c=530 k=33 r=3 s=3 pad_top=1 pad_left=1 pad_bottom=1 "
               "pad_right=1 bias=1 act=relu6"},
    {"conv2d", "n=40 h=3 w=3 c=8 k=17 r=3 s=3 pad_top=2 pad_left=1 "
               "pad_bottom=1 pad_right=1 bias=1"},
    {"conv2d", "n=2 h=70 w=36 c=64 k=8 r=3 s=3 pad_top=1 pad_left=1 "
               "pad_bottom=1 pad_right=1 stride_h=2"},

    {"depthwise", "h=28 w=28 c=32 r=3 s=3 pad_top=1 pad_left=1 pad_bottom=1 "
                  "pad_right=1 bias=1 act=relu"},
    {"depthwise", "n=4 h=14 w=14 c=96 r=3 s=3 stride_h=2 stride_w=2 pad_top=1 "
                  "pad_left=1 pad_bottom=1 pad_right=1 bias=1 act=relu6"},
    {"depthwise", "h=7 w=7 c=192 r=5 s=5 pad_top=2 pad_left=2 pad_bottom=2 "
                  "pad_right=2"},
    {"depthwise", "h=1 w=1 c=1 r=1 s=1"},
    {"depthwise", "h=2 w=2 c=17 r=7 s=7 pad_top=3 pad_left=3 pad_bottom=3 "
                  "pad_right=3 bias=1"},
    {"depthwise", "n=2 h=13 w=11 c=31 r=2 s=3 pad_top=1 stride_w=2 dil_h=2 "
                  "dil_w=3 act=gelu"},
    {"depthwise", "h=3 w=257 c=3 r=1 s=9 pad_left=8 bias=1 act=sigmoid"},

    {"pool", "kind=max h=28 w=28 c=32 r=2 s=2 stride_h=2 stride_w=2"},
    {"pool", "kind=max n=4 h=14 w=14 c=64 r=3 s=3 stride_h=2 stride_w=2 "
             "pad_top=1 pad_left=1 pad_bottom=1 pad_right=1"},
    {"pool", "kind=average n=3 h=7 w=7 c=128 r=7 s=7"},
    {"pool", "kind=average h=28 w=28 c=33 r=28 s=28"},
    {"pool", "kind=average h=9 w=9 c=5 r=3 s=3 pad_top=1 pad_left=1 "
             "pad_bottom=1 pad_right=1"},
    {"pool", "kind=average h=9 w=9 c=5 r=3 s=3 pad_top=1 pad_left=1 "
             "pad_bottom=1 pad_right=1 count_pad=1"},
    {"pool", "kind=max h=1 w=1 c=1 r=1 s=1"},
    {"pool", "kind=max h=13 w=17 c=31 r=3 s=2 dil_h=2 dil_w=3 stride_h=2"},
    {"pool", "kind=average h=5 w=3 c=17 r=4 s=3 pad_top=2 pad_right=1 "
             "stride_w=2"},

    {"add", "n=25088"},
    {"add", "n=1"},
    {"add", "n=17 act=relu"},
    {"add", "n=1021 act=gelu"},
    {"add", "n=65537 act=relu6"},
    {"add", "n=250007 act=sigmoid"},

    {"unary", "n=25088 act=relu"},
    {"unary", "n=1 act=gelu"},
    {"unary", "n=31 act=sigmoid"},
    {"unary", "n=4099 act=gelu"},
    {"unary", "n=65537 act=relu6"},
    {"unary", "n=250007 act=gelu"},

    {"softmax", "rows=64 cols=10"},
    {"softmax", "rows=1 cols=1"},
    {"softmax", "rows=7 cols=1"},
    {"softmax", "rows=1 cols=10007"},
    {"softmax", "rows=257 cols=17"},
    {"softmax", "rows=128 cols=1000"},

    {"transpose", "batch=1 rows=1 cols=1"},
    {"transpose", "batch=1 rows=64 cols=784"},
    {"transpose", "batch=5 rows=3 cols=1024"},
    {"transpose", "batch=2 rows=33 cols=65"},
    {"transpose", "batch=7 rows=17 cols=1"},
    {"transpose", "batch=1 rows=1 cols=1021"},
    {"transpose", "batch=1 rows=511 cols=513"},
};
const size_t kernel_case_count = sizeof kernel_cases / sizeof *kernel_cases;
