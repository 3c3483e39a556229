#!/usr/bin/env bash
# Installs what the tests need beside Python, when it is missing: ffmpeg, a PostgreSQL server and a Chromium.
# With the argument `media` only ffmpeg, which recordings are looked into with.
set -euo pipefail

what=${1:-all}
chromium=$(command -v chromium || true)
postgres=$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' || true)
packages=()
if ! command -v ffprobe >/dev/null || ! command -v ffmpeg >/dev/null; then packages+=(ffmpeg); fi
[[ $what == media || -n $postgres ]] || packages+=(postgresql)
if [[ $what != media && -z $chromium ]] && ! .venv/bin/python -m tests.chromium >/dev/null; then
  # Ubuntu's chromium package only points to a snap, so there Playwright brings its own.
  if grep -q '^ID=ubuntu' /etc/os-release; then
    own_chromium=yes
  else
    packages+=(chromium)
  fi
fi
[[ ${#packages[@]} -gt 0 || -n ${own_chromium:-} ]] || exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing: ${packages[*]:-} ${own_chromium:+chromium}. Install them as root, then run make again." >&2
    exit 1
  fi
  as_root=(sudo)
fi
if [[ ${#packages[@]} -gt 0 ]]; then
  echo "Installing: ${packages[*]}"
  "${as_root[@]}" apt-get update -qq </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null
fi
if [[ -n ${own_chromium:-} ]]; then
  echo "Installing: Playwright's Chromium"
  .venv/bin/playwright install --with-deps chromium </dev/null
fi
