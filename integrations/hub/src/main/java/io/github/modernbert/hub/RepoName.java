package io.github.modernbert.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name by which a caller asks for a model.
 *
 * @param id {@code organisation/name}, or {@code name} for the few old models without organisation
 * @param revision a branch, a tag or a commit; safe as a path of files
 */
record RepoName(String id, String revision) {
  private static final String DEFAULT_REVISION = "main";
  private static final int LONGEST_ID = 96;
  private static final int LONGEST_REVISION = 200;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /**
   * A part of a model's name as the hub allows it, and so nothing that could lead out of the cache.
   */
  private static final String PART = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?";

  private static final Pattern ID = Pattern.compile("(?:" + PART + "/)?" + PART);

  /** Git's rules for names, without what file systems do not allow. */
  private static final Pattern REVISION_PART = Pattern.compile("[^\\p{Cntrl} \\\\:*?\"<>|~^\\[]+");

  /** Reads {@code organisation/name} or {@code organisation/name@revision}; empty if it is not. */
  static Optional<RepoName> parse(String name) {
    int at = name.indexOf('@');
    String id = at < 0 ? name : name.substring(0, at);
    String revision = at < 0 ? DEFAULT_REVISION : name.substring(at + 1);
    return isId(id) && isRevision(revision)
        ? Optional.of(new RepoName(id, revision))
        : Optional.empty();
  }

  private static boolean isId(String id) {
    return id.length() <= LONGEST_ID
        && ID.matcher(id).matches()
        && !id.contains("--")
        && !id.contains("..")
        && !id.endsWith(".git");
  }

  private static boolean isRevision(String revision) {
    if (revision.length() > LONGEST_REVISION) {
      return false;
    }
    for (String part : revision.split("/", -1)) {
      if (part.startsWith(".") || part.endsWith(".") || part.endsWith(".lock")) {
        return false;
      }
      if (!REVISION_PART.matcher(part).matches()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a text is the full hash of a commit. */
  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  boolean isPinned() {
    return isCommit(revision);
  }

  /** The name of the folder that holds all that is known of the model. */
  String folderName() {
    return "models--" + id.replace("/", "--");
  }

  @Override
  public String toString() {
    return revision.equals(DEFAULT_REVISION) ? id : id + "@" + revision;
  }
}
