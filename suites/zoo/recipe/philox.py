"""The masks of Assay's dropout (kernels/dropout/dropout.h) in NumPy.

dropout_mask(n, rate, seed, offset=0) -> float32 [n]: 0 where an element is
dropped, else scale = float32(1 / (1 - rate)); y = x * mask (float32 product).
dropout_keep gives the same as booleans. Elements are numbered linearly in the
Dropout's ONNX input tensor (C order), `offset` (a multiple of 8) plus that.

In a model: Dropout(data, ratio, training_mode = true) with attribute seed
draws dropout_mask(data.size, ratio, seed).reshape(data.shape): the same in
every call, and dependent on an image's place in the batch and on the batch
(for T stacked copies: of T * N * C elements).
"""
import numpy as np

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox4x32(counter, key0, key1):
    """counter: uint64 array (low, high word of it; upper two words 0)
    -> four uint64 arrays of 32-bit words."""
    c = np.asarray(counter, np.uint64)
    w = [c & _LOW, c >> _32, np.zeros_like(c), np.zeros_like(c)]
    for _ in range(10):
        a, b = _M0 * w[0], _M1 * w[2]
        w = [(b >> _32) ^ w[1] ^ np.uint64(key0), b & _LOW,
             (a >> _32) ^ w[3] ^ np.uint64(key1), a & _LOW]
        key0, key1 = (key0 + _W0) & 0xFFFFFFFF, (key1 + _W1) & 0xFFFFFFFF
    return w


def dropout_keep(n, rate, seed, offset=0):
    assert offset % 8 == 0 and offset >= 0 and 0 <= rate < 1
    # lround: half away from zero; rate * 65536 is exact in double
    threshold = int(np.floor(float(rate) * 65536 + 0.5))
    assert threshold < 65536
    seed = int(seed) & 0xFFFFFFFFFFFFFFFF
    counters = np.arange((n + 7) // 8, dtype=np.uint64) + np.uint64(offset // 8)
    w = philox4x32(counters, seed & 0xFFFFFFFF, seed >> 32)
    fields = np.empty((counters.size, 8), np.uint32)
    for i in range(4):
        fields[:, 2 * i] = (w[i] & np.uint64(0xFFFF)).astype(np.uint32)
        fields[:, 2 * i + 1] = (w[i] >> np.uint64(16)).astype(np.uint32)
    return fields.reshape(-1)[:n] >= threshold


def dropout_scale(rate):
    return np.float32(1.0 / (1.0 - float(rate)))


def dropout_mask(n, rate, seed, offset=0):
    return np.where(dropout_keep(n, rate, seed, offset), dropout_scale(rate),
                    np.float32(0)).astype(np.float32)
