package io.github.modernbert.events;

import jdk.jfr.FlightRecorder;

/** Tells whether events are worth making. */
public final class Recorder {
  private Recorder() {}

  /**
   * Whether the Flight Recorder has been used in this JVM: there is or was a recording. Until then
   * the classes of events had better not be loaded, since they set the recorder up, which takes a
   * fresh JVM longer than mapping prepared weights.
   */
  public static boolean isInUse() {
    return FlightRecorder.isInitialized();
  }
}
