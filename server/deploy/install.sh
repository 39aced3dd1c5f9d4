#!/bin/sh
# Puts Stageflow's units into this user's folders and says what to do next. Run as the user that will run the server:
#   server/deploy/install.sh [nats] [store]
# `nats`: the queue as a container of its own; `store`: an S3 store on this machine. Existing settings are never overwritten.
set -eu
HERE=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
CLONE=$(CDPATH= cd -- "$HERE/../.." && pwd -P)
CONFIG=${XDG_CONFIG_HOME:-$HOME/.config}
say() { printf '%s\n' "$*"; }
fail() { printf 'stageflow: %s\n' "$*" >&2; exit 5; }

[ "$(id -u)" -ne 0 ] || fail "Run this as the user that will run the server, not as root: its pods are that user's."
command -v systemctl >/dev/null || fail "systemctl was not found. Units need systemd; without it start ./stageflow server by hand."
command -v podman >/dev/null || fail "Podman was not found. Run: sudo apt-get install -y podman"
for PART in "$@"; do
  case $PART in nats | store) ;; *) fail "There is no part called $PART. Known parts: nats, store." ;; esac
done
if [ $# -gt 0 ]; then
  VERSION=$(podman version --format '{{.Client.Version}}')
  MAJOR=${VERSION%%.*} REST=${VERSION#*.}
  MINOR=${REST%%.*}
  if [ "$MAJOR" -lt 4 ] || { [ "$MAJOR" -eq 4 ] && [ "$MINOR" -lt 4 ]; }; then
    fail "Podman $VERSION cannot read Quadlets; 4.4 or newer is needed. Leave out '$*': the server then runs its queue and its file store itself."
  fi
fi

new_secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
put() { [ -e "$2" ] || install -m 0600 "$1" "$2"; }
umask 077
mkdir -p "$CONFIG/stageflow" "$CONFIG/systemd/user" "$CONFIG/containers/systemd"
put "$HERE/stageflow.env" "$CONFIG/stageflow/stageflow.env"
sed "s#%h/stageflow#$CLONE#g" "$HERE/systemd/stageflow.service" >"$CONFIG/systemd/user/stageflow.service"
for PART in "$@"; do
  cp "$HERE/quadlets/stageflow-$PART".container "$HERE/quadlets/stageflow-$PART"*.volume "$CONFIG/containers/systemd/"
  [ "$PART" != nats ] || put "$HERE/nats.conf" "$CONFIG/stageflow/nats.conf"
  if [ ! -e "$CONFIG/stageflow/$PART.env" ]; then
    SECRET=$(new_secret)
    case $PART in
      nats)
        printf 'STAGEFLOW_NATS_TOKEN=%s\n' "$SECRET" >"$CONFIG/stageflow/nats.env"
        printf 'STAGEFLOW_NATS_URL=nats://127.0.0.1:4222\nSTAGEFLOW_NATS_TOKEN=%s\n' "$SECRET" >>"$CONFIG/stageflow/stageflow.env"
        ;;
      store)
        printf 'ROOT_ACCESS_KEY=stageflow\nROOT_SECRET_KEY=%s\n' "$SECRET" >"$CONFIG/stageflow/store.env"
        printf 'STAGEFLOW_S3_ENDPOINT=http://127.0.0.1:7080\nSTAGEFLOW_S3_ACCESS_KEY=stageflow\nSTAGEFLOW_S3_SECRET_KEY=%s\n' "$SECRET" >>"$CONFIG/stageflow/stageflow.env"
        ;;
    esac
  fi
done
say "Settings: $CONFIG/stageflow/stageflow.env (set STAGEFLOW_PUBLIC_URL and STAGEFLOW_TRUST_PROXY there)"
say "Next:     sudo loginctl enable-linger $(id -un)"
say "          systemctl --user daemon-reload"
for PART in "$@"; do say "          systemctl --user start stageflow-$PART"; done
say "          systemctl --user enable --now stageflow"
say "          journalctl --user -u stageflow -n 50    (the first start prints the sign-in address once)"
