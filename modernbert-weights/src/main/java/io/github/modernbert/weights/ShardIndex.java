package io.github.modernbert.weights;

import io.github.modernbert.files.FileNames;
import io.github.modernbert.files.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code model.safetensors.index.json}: which shard of a checkpoint holds which tensor. */
record ShardIndex(Path file, Map<String, Path> shards) {
  static ShardIndex read(Path file) {
    Json weightMap = Json.read(file).get("weight_map");
    Path folder = file.resolveSibling("");
    Map<String, Path> shards = new LinkedHashMap<>();
    weightMap
        .members()
        .forEach((tensor, shard) -> shards.put(tensor, FileNames.inside(folder, shard)));
    if (shards.isEmpty()) {
      throw weightMap.error("names no tensor");
    }
    return new ShardIndex(file, shards);
  }
}
