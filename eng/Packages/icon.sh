#!/usr/bin/env bash
# Draws the packages' icon from the logo, as NuGet wants it: 128 x 128 pixels. Needs Chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
page=$(mktemp --suffix .html)
trap 'rm -f "$page"' EXIT
printf '<style>html,body{margin:0}svg{width:128px;height:128px;display:block}</style>' >"$page"
cat ../../src/TResNet.Cli/Logo/logo-svg.svg >>"$page"
chromium --headless --no-sandbox --hide-scrollbars --default-background-color=00000000 --window-size=128,128 --screenshot="$PWD/icon.png" "$page" >/dev/null 2>&1
