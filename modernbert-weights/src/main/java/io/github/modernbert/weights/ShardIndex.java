package io.github.modernbert.weights;

import io.github.modernbert.files.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code model.safetensors.index.json}: which shard of a checkpoint holds which tensor. */
record ShardIndex(Path file, Map<String, String> weightMap) {
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
    if (!InnerPath.isInside(name)) {
      throw value.mismatch("the name of a file inside the folder");
    }
    return name;
  }

  Path shard(String name) {
    return file.resolveSibling(name);
  }
}
