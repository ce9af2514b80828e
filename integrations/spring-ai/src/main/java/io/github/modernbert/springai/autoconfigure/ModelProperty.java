package io.github.modernbert.springai.autoconfigure;

import io.github.modernbert.Models;
import java.nio.file.Path;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Finds the model that a property names. */
final class ModelProperty {
  private ModelProperty() {}

  /**
   * The folder of a model.
   *
   * @throws InvalidConfigurationPropertyValueException if there is none of that name, or it cannot
   *     be downloaded; Boot's report names the property
   */
  static Path locate(String property, String nameOrFolder) {
    try {
      return Models.locate(nameOrFolder);
    } catch (RuntimeException e) {
      // Locators have exceptions of their own, which are not known here.
      throw new InvalidConfigurationPropertyValueException(
          property, nameOrFolder, e.getMessage(), e);
    }
  }
}
