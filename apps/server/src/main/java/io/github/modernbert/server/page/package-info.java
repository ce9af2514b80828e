/** The page that people see, and the description of the API. */
package io.github.modernbert.server.page;
