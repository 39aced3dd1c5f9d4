#!/bin/sh
# Before the package is removed its app is told to end, and with it end its engine, queue and pods. An upgrade (deb: "upgrade", rpm: 1) leaves it running.
case ${1:-remove} in upgrade | 1) exit 0 ;; esac
INSTALLED=${STAGEFLOW_INSTALLED:-/opt/Stageflow}
ours() {
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe" 2>/dev/null) || continue
    case $program in "$INSTALLED"/*) printf '%s ' "${process#/proc/}" ;; esac
  done
}
waits=0
for process in $(ours); do kill "$process" 2>/dev/null || true; done
while [ -n "$(ours)" ] && [ "$waits" -lt 20 ]; do
  sleep 0.5
  waits=$((waits + 1))
done
for process in $(ours); do kill -9 "$process" 2>/dev/null || true; done
exit 0
