package io.github.modernbert.hub;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A file of a model has been downloaded. Without a recording it costs a test of a flag. */
@Name("modernbert.Download")
@Label("Download")
@Description("Downloading a file of a model")
@Category("ModernBERT")
@StackTrace(false)
final class DownloadEvent extends Event {
  /** The model's name. */
  @Label("Model")
  final String model;

  /** The file's path in the repository. */
  @Label("File")
  final String file;

  /** The file's size. */
  @Label("Size")
  @DataAmount
  final long size;

  DownloadEvent(String model, String file, long size) {
    this.model = model;
    this.file = file;
    this.size = size;
    begin();
  }
}
