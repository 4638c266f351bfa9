#!/usr/bin/env bash
# Fails if a secret that the tests work with is in a log or a core that they left.
#   no_secrets.sh BUILD_FOLDER
set -euo pipefail
cd "$1"
secrets=(FAKESECRETFAKESECRET SKTESTSECRET DoNotShowThisSecretAnywhere0123456789
  AnotherSecretThatNobodyMaySee98765
  AdminTokenThatNobodyMaySee0123456789)
words=()
for secret in "${secrets[@]}"; do words+=(-e "$secret"); done
# Cores are binary: looked into all the same.
found=$(find . -type f \( -path '*/Testing/*' -o -name '*.log' -o -name 'core' -o -name 'core.*' \) \
  -exec grep -lF "${words[@]}" {} + || true)
[ -z "$found" ] || { echo "secrets are in: $found" >&2; exit 1; }
