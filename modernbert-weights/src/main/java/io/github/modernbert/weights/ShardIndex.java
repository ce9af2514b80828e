package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code model.safetensors.index.json}: which shard of a checkpoint holds which tensor. */
record ShardIndex(Path file, Map<String, String> weightMap) {
  private static final Pattern ANY_SEPARATOR = Pattern.compile("[/\\\\]");

  static ShardIndex read(Path file) {
    Json weightMap = Json.read(file).get("weight_map");
    Map<String, String> shards = new LinkedHashMap<>();
    weightMap.members().forEach((tensor, shard) -> shards.put(tensor, shardName(shard)));
    if (shards.isEmpty()) {
      throw weightMap.error("names no tensor");
    }
    return new ShardIndex(file, shards);
  }

  private static String shardName(Json value) {
    String name = value.string();
    if (!isInside(name)) {
      throw value.mismatch("the name of a file inside the folder");
    }
    return name;
  }

  Path shard(String name) {
    return file.resolveSibling(name);
  }

  /**
   * Whether a path from a file of the model stays inside the model's folder on every system: not
   * absolute, no drive or stream, no step upwards.
   */
  static boolean isInside(String path) {
    if (path.startsWith("/")
        || path.startsWith("\\")
        || path.contains(":")
        || path.contains("\0")) {
      return false;
    }
    return ANY_SEPARATOR.splitAsStream(path).noneMatch(".."::equals) && !path.isBlank();
  }
}
