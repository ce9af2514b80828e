/**
 * The bundled embedding model, as resources in {@code META-INF/modernbert-mini}, a place that is no
 * package and so is open to everyone who asks a class loader.
 */
module io.github.modernbert.mini {}
