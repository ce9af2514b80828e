/**
 * Events of the JDK's Flight Recorder. Nobody makes them before {@link
 * io.github.modernbert.events.Recorder} says that there is a recording; see docs/tuning.md for how
 * to record.
 */
package io.github.modernbert.events;
