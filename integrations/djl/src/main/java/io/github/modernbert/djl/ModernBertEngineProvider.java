package io.github.modernbert.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/**
 * Provides the engine to DJL, which finds it as a service. Users name {@link
 * ModernBertEngine#ENGINE_NAME}.
 */
public final class ModernBertEngineProvider implements EngineProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ModernBertEngineProvider() {}

  @Override
  public String getEngineName() {
    return ModernBertEngine.ENGINE_NAME;
  }

  @Override
  public int getEngineRank() {
    return ModernBertEngine.RANK;
  }

  @Override
  public Engine getEngine() {
    return ModernBertEngine.INSTANCE;
  }
}
