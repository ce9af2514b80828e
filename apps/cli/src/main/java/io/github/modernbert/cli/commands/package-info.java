/** One class for each command of the program, and how its results are printed. */
package io.github.modernbert.cli.commands;
