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
 * @param wiInput hidden to what is activated: the first half of the checkpoint's Wi
 * @param wiGate hidden to what it is multiplied with: the second half
 * @param mlpOut intermediate to hidden
 */
record LayerWeights(
    @Nullable LayerNorm attnNorm,
    PackedMatrix wqkv,
    PackedMatrix attnOut,
    LayerNorm mlpNorm,
    PackedMatrix wiInput,
    PackedMatrix wiGate,
    PackedMatrix mlpOut) {}
