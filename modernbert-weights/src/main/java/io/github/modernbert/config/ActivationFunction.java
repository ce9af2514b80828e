package io.github.modernbert.config;

import io.github.modernbert.files.Json;
import java.util.Arrays;
import java.util.List;

/** An activation function that a model file can ask for. */
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
  TANH("Tanh", "tanh"),
  SIGMOID("Sigmoid", "sigmoid"),
  IDENTITY("Identity", "linear");

  private static final String TORCH = "torch.nn.";

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
   * The function of a class path of torch, such as {@code torch.nn.modules.activation.Tanh}.
   *
   * @throws io.github.modernbert.files.ModelFileException if it is none, or not a known one
   */
  public static ActivationFunction ofTorchClass(Json value) {
    String path = value.string();
    String simpleName = path.substring(path.lastIndexOf('.') + 1);
    for (ActivationFunction activation : values()) {
      if (path.startsWith(TORCH) && activation.torchClass.equals(simpleName)) {
        return activation;
      }
    }
    throw value.mismatch(
        "an activation of torch.nn: "
            + String.join(
                ", ",
                Arrays.stream(values())
                    .map(activation -> activation.torchClass)
                    .filter(name -> !name.isEmpty())
                    .toList()));
  }
}
