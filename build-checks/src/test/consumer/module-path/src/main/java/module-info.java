/** The same program as a module; it is copied here from the project for the class path. */
module consumer {
  requires io.github.modernbert.core;
  requires io.github.modernbert.mini;
}
