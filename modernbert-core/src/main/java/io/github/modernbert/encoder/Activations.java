package io.github.modernbert.encoder;

import io.github.modernbert.config.ActivationFunction;
import io.github.modernbert.kernels.Activation;

/** From the names of model files to the functions of the kernels. */
public final class Activations {
  private Activations() {}

  /** The function that a configuration asks for. */
  public static Activation of(ActivationFunction name) {
    return switch (name) {
      case GELU -> Activation.GELU;
      case GELU_TANH -> Activation.GELU_TANH;
      case QUICK_GELU -> Activation.QUICK_GELU;
      case SILU -> Activation.SILU;
      case RELU -> Activation.RELU;
      case TANH -> Activation.TANH;
      case SIGMOID -> Activation.SIGMOID;
      case IDENTITY -> Activation.IDENTITY;
    };
  }
}
