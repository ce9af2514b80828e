package io.github.modernbert.encoder;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.kernels.Activation;
import java.util.Optional;

/** Maps the activation functions of model files to those of the kernels. */
public final class Activations {
  private Activations() {}

  /**
   * The function that a configuration names.
   *
   * @throws IllegalArgumentException if the kernels do not have it; those that a configuration of
   *     transformers can name they have
   */
  public static Activation of(ActivationFunction function) {
    return find(function)
        .orElseThrow(() -> new IllegalArgumentException("no kernel for " + function));
  }

  /** The kernels' function for one of model files; empty if the kernels lack it. */
  public static Optional<Activation> find(ActivationFunction function) {
    return switch (function) {
      case GELU -> Optional.of(Activation.GELU);
      case GELU_TANH -> Optional.of(Activation.GELU_TANH);
      case QUICK_GELU -> Optional.of(Activation.QUICK_GELU);
      case SILU -> Optional.of(Activation.SILU);
      case RELU -> Optional.of(Activation.RELU);
      case TANH -> Optional.of(Activation.TANH);
      case SIGMOID -> Optional.of(Activation.SIGMOID);
      case IDENTITY -> Optional.of(Activation.IDENTITY);
      default -> Optional.empty();
    };
  }
}
