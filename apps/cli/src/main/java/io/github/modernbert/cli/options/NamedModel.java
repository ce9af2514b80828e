package io.github.modernbert.cli.options;

import io.github.modernbert.Models;
import io.github.modernbert.cli.console.Console;
import io.github.modernbert.cli.console.DownloadBar;
import io.github.modernbert.hub.HubClient;
import java.nio.file.Path;

/**
 * The value of {@code --model}: a folder, or a name on the hub, whose files are downloaded when the
 * command needs them.
 *
 * @param console where the progress of a download is shown
 */
public record NamedModel(String name, Console console) {
  /** The placeholder that stands in the help and in messages instead of a value. */
  public static final String LABEL = "MODEL";

  /** The description of the option in the help. */
  static final String DESCRIPTION =
      "Folder of a model (config.json, tokenizer.json, model.safetensors, and modules.json if"
          + " sentence-transformers saved it), or its name on the Hugging Face Hub, such as"
          + " organisation/name or organisation/name@revision, to download it once.";

  /** The folder, or the file if it is one. */
  public Path folder() {
    return Models.locate(
        name,
        hubName -> {
          boolean visible = console.errIsTerminal() && DownloadBar.isWanted(System.getenv());
          try (var bar = new DownloadBar(console.err(), visible)) {
            return HubClient.builder().progress(bar).build().locate(hubName);
          }
        });
  }
}
