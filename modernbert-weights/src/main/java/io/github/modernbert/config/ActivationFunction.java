package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.Arrays;
import java.util.List;

/**
 * The activation functions that model files can name: by a name of transformers, or by a class of
 * {@code torch.nn} with its default parameters.
 */
public enum ActivationFunction {
  /** 0.5 x (1 + erf(x / sqrt 2)), the exact form. */
  GELU("GELU", "gelu", "gelu_python"),
  /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
  GELU_TANH("", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate"),
  /** x sigmoid(1.702 x). */
  QUICK_GELU("", "quick_gelu"),
  /** x sigmoid(x). */
  SILU("SiLU", "silu", "swish"),
  /** max(x, 0). */
  RELU("ReLU", "relu"),
  /** The hyperbolic tangent. */
  TANH("Tanh", "tanh"),
  /** 1 / (1 + exp(-x)). */
  SIGMOID("Sigmoid", "sigmoid"),
  /** x itself. */
  IDENTITY("Identity", "linear"),
  /** x above 0, else exp(x) - 1. */
  ELU("ELU"),
  /** x above 0, else exp(x) - 1; with default parameters the same as {@link #ELU}. */
  CELU("CELU"),
  /** 1.0507 times x above 0, else 1.0507 * 1.6733 (exp(x) - 1). */
  SELU("SELU"),
  /** x, but 0 in the range from -0.5 to 0.5. */
  HARDSHRINK("Hardshrink"),
  /** (x + 3) / 6, limited to the range from 0 to 1. */
  HARDSIGMOID("Hardsigmoid"),
  /** x times {@link #HARDSIGMOID}. */
  HARDSWISH("Hardswish"),
  /** x, limited to the range from -1 to 1. */
  HARDTANH("Hardtanh"),
  /** x above 0, else 0.01 x. */
  LEAKY_RELU("LeakyReLU"),
  /** The logarithm of {@link #SIGMOID}. */
  LOG_SIGMOID("LogSigmoid"),
  /** x tanh(log(1 + exp(x))). */
  MISH("Mish"),
  /** x, limited to the range from 0 to 6. */
  RELU6("ReLU6"),
  /** x above 0, else 11/48 x, the mean of the slopes that are drawn in training. */
  RRELU("RReLU"),
  /** log(1 + exp(x)); x above 20. */
  SOFTPLUS("Softplus"),
  /** x - 0.5 above 0.5, x + 0.5 below -0.5, else 0. */
  SOFTSHRINK("Softshrink"),
  /** x / (1 + |x|). */
  SOFTSIGN("Softsign"),
  /** x - tanh(x). */
  TANHSHRINK("Tanhshrink"),
  /** exp(x) divided by the sum of exp over the vector. */
  SOFTMAX("Softmax"),
  /** {@link #SOFTMAX} of -x. */
  SOFTMIN("Softmin"),
  /** The logarithm of {@link #SOFTMAX}. */
  LOG_SOFTMAX("LogSoftmax");

  private static final String TORCH = "torch.";

  private final String torchClass;
  private final List<String> transformersNames;

  ActivationFunction(String torchClass, String... transformersNames) {
    this.torchClass = torchClass;
    this.transformersNames = List.of(transformersNames);
  }

  /** Reads a name of transformers, such as {@code gelu_pytorch_tanh}. */
  static ActivationFunction named(Json value) {
    String name = value.string();
    for (ActivationFunction activation : values()) {
      if (activation.transformersNames.contains(name)) {
        return activation;
      }
    }
    throw value.mismatch(
        "one of "
            + String.join(
                ", ", Arrays.stream(values()).flatMap(a -> a.transformersNames.stream()).toList()));
  }

  /**
   * Whether a class path belongs to torch. The reference loads other classes only with {@code
   * trust_remote_code}.
   *
   * @param path a class path, such as {@code torch.nn.modules.activation.Tanh}
   */
  public static boolean isTorchClass(String path) {
    return path.startsWith(TORCH);
  }

  /**
   * Finds the function of a class of torch.
   *
   * @param value a string with a class path, such as {@code torch.nn.modules.activation.Tanh}
   * @return the function
   * @throws io.github.modernbert.files.ModelFileException if the value is not a string, or not the
   *     path of a known class
   */
  public static ActivationFunction ofTorchClass(Json value) {
    String path = value.string();
    String simpleName = path.substring(path.lastIndexOf('.') + 1);
    for (ActivationFunction activation : values()) {
      if (path.startsWith(TORCH + "nn.") && activation.torchClass.equals(simpleName)) {
        return activation;
      }
    }
    throw value.mismatch(
        "an activation of torch.nn without parameters: "
            + String.join(
                ", ",
                Arrays.stream(values())
                    .map(activation -> activation.torchClass)
                    .filter(name -> !name.isEmpty())
                    .toList()));
  }

  /** Whether a result depends on the other elements of the vector, as with {@link #SOFTMAX}. */
  public boolean mixesVector() {
    return this == SOFTMAX || this == SOFTMIN || this == LOG_SOFTMAX;
  }
}
