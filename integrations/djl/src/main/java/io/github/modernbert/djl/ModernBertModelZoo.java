package io.github.modernbert.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.repository.MRL;
import ai.djl.repository.Repository;
import ai.djl.repository.zoo.BaseModelLoader;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.translate.TranslatorFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's folder as a zoo of one model: with {@code optModelZoo} instead of {@code optModelPath},
 * criteria need to name neither the engine nor the translator factory, which DJL does not look for
 * where it is given a path.
 *
 * {@snippet file="io/github/modernbert/djl/SnippetsTest.java" region="zoo"}
 */
public final class ModernBertModelZoo extends ModelZoo {
  /** The group id that {@link #getGroupId} returns. */
  public static final String GROUP_ID = "io.github.modernbert";

  /**
   * @param folder of a checkpoint; when criteria are loaded, there is a {@link
   *     ai.djl.repository.zoo.ModelNotFoundException} if it was not there
   */
  public ModernBertModelZoo(Path folder) {
    String uri = folder.toUri().toString();
    for (MRL resource : Repository.newInstance(uri, uri).getResources()) {
      addModel(new Loader(resource));
    }
  }

  @Override
  public String getGroupId() {
    return GROUP_ID;
  }

  @Override
  public Set<String> getSupportedEngines() {
    return Set.of(ModernBertEngine.ENGINE_NAME);
  }

  private static final class Loader extends BaseModelLoader {
    Loader(MRL resource) {
      super(resource);
    }

    @Override
    protected TranslatorFactory getTranslatorFactory(
        Criteria<?, ?> criteria, Map<String, Object> arguments) {
      @Nullable TranslatorFactory chosen = super.getTranslatorFactory(criteria, arguments);
      return chosen == null ? new ModernBertTranslatorFactory() : chosen;
    }

    @Override
    protected Model createModel(
        Path folder,
        String name,
        @Nullable Device device,
        @Nullable Block block,
        Map<String, Object> arguments,
        String engine)
        throws IOException {
      return super.createModel(
          folder, name, device, block, arguments, ModernBertEngine.ENGINE_NAME);
    }
  }
}
