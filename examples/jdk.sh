# Sourced by the scripts here: finds a JDK 25 or newer and names its folder in $jdk.

jdk=
for home in "${JAVA_HOME-}" "${JAVA25_HOME-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* \
  "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  if [[ -n $home && -x $home/bin/javac && -r $home/release ]] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release"; then
    jdk=$home
    break
  fi
done
if [[ -z $jdk ]]; then
  echo "${0##*/}: a JDK 25 or newer is needed: install one or set JAVA_HOME to it" >&2
  exit 1
fi
