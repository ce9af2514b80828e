package io.github.modernbert.encoder;

import io.github.modernbert.kernels.LayerNorm;
import io.github.modernbert.kernels.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer, packed.
 *
 * @param attnNorm null in the first layer, where it is the identity
 * @param wqkv hidden to q, k and v
 * @param attnOut attention output to hidden
 * @param mlpNorm before the MLP
 * @param wi hidden to activated half and gate
 * @param mlpOut intermediate to hidden
 */
record LayerWeights(
    @Nullable LayerNorm attnNorm,
    PackedMatrix wqkv,
    PackedMatrix attnOut,
    LayerNorm mlpNorm,
    PackedMatrix wi,
    PackedMatrix mlpOut) {}
