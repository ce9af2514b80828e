/**
 * Events of the JDK's Flight Recorder. Without a recording they cost a test of a flag; see
 * docs/tuning.md for how to record.
 */
package io.github.modernbert.events;
