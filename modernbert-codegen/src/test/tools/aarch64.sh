#!/usr/bin/env bash
# Runs tests of this module on an emulated AArch64 processor. Not part of the build, which tests what
# runs on the machine at hand. What it needs, all of it unpacked anywhere, nothing installed:
#   QEMU     the program qemu-aarch64-static (Debian: qemu-user-static)
#   SYSROOT  a folder of AArch64's files: Debian's openjdk-25-jre-headless, libc6, libgcc-s1,
#            libstdc++6, zlib1g of architecture arm64, each unpacked by `dpkg -x PACKAGE SYSROOT`
#   CONSOLE  JUnit's junit-platform-console-standalone.jar
# and compiled classes (./mvnw -pl modernbert-codegen -am test-compile). For example:
#   QEMU=… SYSROOT=… CONSOLE=… src/test/tools/aarch64.sh -c io.github.modernbert.codegen.GuardPagesTest
# Arguments are JUnit's: -c for a class, -m for CLASS#METHOD. Minutes for each class.
# QEMU_CPU=cortex-a53 emulates a processor without instructions for int8, FLAGS is for Java.
# SupportTest starts a JVM of its own, which only a system that runs foreign programs can.
set -euo pipefail
module=$(cd "$(dirname "$0")/../../.." && pwd)
target() { echo "$module/../$1/target"; }
class_path=$module/src/test/resources:$(target modernbert-codegen)/test-classes:$(target modernbert-codegen)/classes
class_path+=:$(target modernbert-kernels)/test-classes:$(target modernbert-kernels)/classes
class_path+=:$(target modernbert-vector)/classes
[ -e "$SYSROOT/lib" ] || ln -s usr/lib "$SYSROOT/lib"
java=$SYSROOT/usr/lib/jvm/java-25-openjdk-arm64/bin/java
exec "$QEMU" -L "$SYSROOT" "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${FLAGS:-} \
  --enable-native-access=ALL-UNNAMED -Dmodernbert.codegen.bits=512 \
  -cp "$class_path:$CONSOLE" org.junit.platform.console.ConsoleLauncher execute \
  --disable-banner --details=summary "$@"
