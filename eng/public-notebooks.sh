#!/usr/bin/env bash
# Runs public C# notebooks here and in Microsoft's tool, cell by cell, and prints the table of docs/from-polyglot-notebooks.md.
#
#   eng/public-notebooks.sh [FOLDER]   FOLDER keeps the clones, the tool and the reports; default artifacts/public-notebooks
#
# Needs git and the network, and ./build.sh build before. Packages are the newest ones, for many a version that a notebook names is gone, and
# addresses of package feeds (#i) are left out; a cell has a minute. The clones are for trying out: nothing of them is part of this repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-artifacts/public-notebooks}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
tresnet=$PWD/artifacts/tresnet
export DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT=1
host=https://github.com

# clone OWNER/NAME COMMIT
clone() {
  local to=$folder/${1#*/}
  [ -d "$to/.git" ] || git clone --quiet "$host/$1" "$to"
  git -C "$to" -c advice.detachedHead=false checkout --quiet --force "$2"
}

# newest FILE...: asks for the newest packages.
newest() {
  local file
  for file in "$@"; do
    sed -i -E 's/#r (\\?")nuget: ?([^,"\\]+),[^"\\]*/#r \1nuget: \2/; /#i \\?"nuget:/d' "$file"
  done
}

# row NAME NOTEBOOK...: runs notebooks in both hosts; a row of the table.
row() {
  local name=$1 log sum
  shift
  log="$folder/$name.txt"
  (cd "$folder" && "$tresnet" run "$@" --summary --allow-errors --timeout 60 --jobs "${JOBS:-1}" --against "$tool" --quiet) >"$log" 2>&1 || true
  sum=$(grep -E '^Against ' "$log" || true)
  if [[ $sum =~ of\ ([0-9]+)\ cells\ ([0-9]+)\ ran\ here\ and\ ([0-9]+)\ there.*\ ([0-9]+)\ by\ text ]]; then
    printf '| %s | %s of %s | %s | %s |\n' "$name" "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}"
  else
    printf '%s did not run; the log: %s\n' "$name" "$log" >&2
  fi
}

tool=$folder/tool/dotnet-interactive
[ -x "$tool" ] || dotnet tool install Microsoft.dotnet-interactive --version 1.0.712001 --tool-path "$folder/tool" >/dev/null

clone dotnet/csharp-notebooks 8dcc5865132d1518d01c7b45387bfae38bf2b2d0
clone dotnet/TorchSharpExamples 32e047a6d7bc3ea00bb02963128c317260f6d210
clone dotnet/interactive 098a01b9183103186805a186a7dee3a3a70b2997
newest "$folder"/csharp-notebooks/machine-learning/*.ipynb "$folder"/interactive/samples/notebooks/csharp/*/*.ipynb

printf '| notebooks | here: cells that ran | there | text differs |\n|---|---|---|---|\n'
row 'csharp-notebooks, csharp-101 and scenarios' csharp-notebooks/csharp-101 csharp-notebooks/csharp-scenarios
row 'csharp-notebooks, machine-learning' csharp-notebooks/machine-learning
row 'TorchSharpExamples, tutorials in C#' TorchSharpExamples/tutorials/CSharp
row 'interactive, samples in C#' interactive/samples/notebooks/csharp
row 'interactive, NotebookTestScript.dib' interactive/NotebookTestScript.dib
