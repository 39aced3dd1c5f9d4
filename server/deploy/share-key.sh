#!/bin/sh
# Makes the key that may only read artifacts in the store of `install.sh store` (versitygw), and writes it into the server's settings: shares
# then link to the store instead of being streamed. Run as the user that runs the server, once it has been started with the store.
set -eu
CONFIG=${XDG_CONFIG_HOME:-$HOME/.config}/stageflow
fail() { printf 'stageflow: %s\n' "$*" >&2; exit 5; }
value() { sed -n "s/^$2=//p" "$CONFIG/$1" | tail -n 1; }

[ -r "$CONFIG/store.env" ] || fail "There is no $CONFIG/store.env. Run: server/deploy/install.sh store"
command -v curl >/dev/null || fail "curl was not found. Run: sudo apt-get install -y curl"
[ -z "$(value stageflow.env STAGEFLOW_S3_SHARE_ACCESS_KEY)" ] || fail "The settings name a key for shares already."
ENDPOINT=$(value stageflow.env STAGEFLOW_S3_ENDPOINT)
USER_AND_SECRET="$(value store.env ROOT_ACCESS_KEY):$(value store.env ROOT_SECRET_KEY)"
ACCESS=share-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
SECRET=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')

# The secret stays out of the list of processes: curl reads it from its input.
send() {
  HASH=$(printf %s "$3" | sha256sum | cut -d ' ' -f 1)
  printf 'user = "%s"\ndata = "%s"\n' "$USER_AND_SECRET" "$(printf %s "$3" | sed 's/"/\\"/g')" |
    curl -sS --fail-with-body --config - --aws-sigv4 aws:amz:us-east-1:s3 -H "x-amz-content-sha256: $HASH" -X "$1" "$ENDPOINT/$2" ||
    fail "The store refused it. Is stageflow-store running, and was the server started with it once (it makes the buckets)?"
}
send PATCH create-user "<Account><Access>$ACCESS</Access><Secret>$SECRET</Secret><Role>user</Role></Account>"
send PUT 'scanner-artifacts?policy=' "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"$ACCESS\"]},\"Action\":[\"s3:GetObject\"],\"Resource\":[\"arn:aws:s3:::scanner-artifacts/*\"]}]}"
umask 077
printf 'STAGEFLOW_S3_SHARE_ACCESS_KEY=%s\nSTAGEFLOW_S3_SHARE_SECRET_KEY=%s\n' "$ACCESS" "$SECRET" >>"$CONFIG/stageflow.env"
printf 'The key %s may read scanner-artifacts and nothing else. Next: set STAGEFLOW_S3_PUBLIC_URL to the public name of the store in\n' "$ACCESS"
printf '%s/stageflow.env, then: systemctl --user restart stageflow\n' "$CONFIG"
