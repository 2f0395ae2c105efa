#!/usr/bin/env bash
# The one entry: ./build.sh run | notebooks | docs | test | bench. Each command sets up what it needs, says what it does, and times it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# To count branches in code that is to be compiled again costs a compiler a third of its time, and brings nothing in minutes.
export DOTNET_TieredPGO=0
# Compiled code in two places of memory, one to write and one to run, costs a program that lives for seconds a tenth of its time; and where a machine
# hides its caches, .NET collects garbage every two megabytes.
export DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=0x1000000
configuration=Release

usage() {
  cat <<'EOF'
usage: ./build.sh COMMAND

  run     build the command line, execute tresnet.dib, write artifacts/tresnet.html and artifacts/tresnet.ipynb
  notebooks
          run the tour and the tutorials in notebooks/, each in a process of its own, and keep what they showed in notebooks/: a table, a report in
          artifacts/notebooks.xml, and a site in artifacts/site; then the tutorials, in their quick form, in dotnet-interactive
  test    build everything and run all tests; the last line is "N passed, N failed, N skipped"
  bench scale
          measure sums over processes by MPI, and fit the two constants of docs/scale.md; ./build.sh bench scale 4 takes four processes
  bench scale link
          train over a link of limited speed between two network namespaces, and compare where it is worth nothing with what the constants say; as root,
          or where users may make namespaces
  bench   measure beside TorchSharp, ONNX Runtime and Python's kernel; writes artifacts/bench.md and bench.json. With words, only what has them in its
          name: ./build.sh bench inference resnet50 8; words: ceiling calls inference training abn memory loading kernel charts resnet50 tresnet_m 1 8 32
  onnx    export every listed network and compare it with ONNX Runtime; takes minutes, the tests have one of each family; artifacts/logs/onnx.log
  docs    make the API reference from the XML comments, artifacts/site/api, and look for dead links and missing types in it; needs the .NET tool docfx
  pack    make the packages: libraries, those for .NET Interactive, the tool tresnet; artifacts/packages
  build   build the command line only; leaves artifacts/tresnet
  format  format the code with CSharpier
EOF
}

# stage NAME COMMAND...: runs the command with its output in artifacts/logs, and prints the name and the seconds.
stage() {
  local name=$1 log started=$SECONDS
  shift
  log="artifacts/logs/${name// /-}.log"
  printf '%-34s' "$name"
  if "$@" >"$log" 2>&1; then
    printf '%4d s\n' $((SECONDS - started))
  else
    printf 'failed\n'
    tail -n 25 "$log" >&2
    printf 'The whole log: %s\n' "$log" >&2
    exit 1
  fi
}

# need PACKAGE...: installs the Debian packages that are not there.
need() {
  local missing=() package
  for package in "$@"; do
    # Debian 13 has renamed some libraries: libpng16-16 is libpng16-16t64 there.
    installed "$package" || installed "${package}t64" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null && as_root=(sudo)
    [ ${#as_root[@]} -eq 0 ] && refuse "${missing[@]}"
  fi
  command -v apt-get >/dev/null || refuse "${missing[@]}"
  stage "apt-get install (${#missing[@]} packages)" install_packages "${missing[*]}" "${as_root[@]}"
}

installed() {
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'
}

install_packages() {
  local packages=$1
  shift
  "$@" apt-get update -qq
  # shellcheck disable=SC2086 # one word a package
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
}

refuse() {
  printf 'These Debian packages are needed and cannot be installed from here: %s\n' "$*" >&2
  printf 'Install them (apt-get install %s) and run this again.\n' "$*" >&2
  exit 1
}

set_up() {
  mkdir -p artifacts/logs
  if ! command -v dotnet >/dev/null; then
    printf 'The .NET 10 SDK is needed: https://dotnet.microsoft.com/download\n' >&2
    exit 1
  fi
  local packages=(g++ cmake make libdnnl-dev libzmq5 libturbojpeg0 libjpeg-dev libpng16-16)
  command -v npm >/dev/null || packages+=(npm)
  # Somebody may have brought these without Debian's package manager.
  if command -v dpkg-query >/dev/null; then
    need "${packages[@]}" "$@"
  elif ! command -v npm >/dev/null; then
    refuse "${packages[@]}"
  fi
  # npm writes the second of them last.
  if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    stage "npm ci" npm ci --no-audit --no-fund
  fi
}

# build [PROJECT]: the whole solution with all checks, or one project with what it needs, for whoever uses it. The tests alone need a browser's driver,
# which is large.
build() {
  local what=${1:-Notebooks.sln} checks=true
  if [ $# -gt 0 ]; then checks=false; fi
  stage "dotnet restore" dotnet restore "$what"
  # One compiler for all projects, which is warm after the first; it ends with the build.
  stage "dotnet build" dotnet build "$what" --no-restore -c "$configuration" -v quiet "-p:RunAnalyzers=$checks" -p:UseSharedCompilation=true
  dotnet build-server shutdown --vbcscompiler >/dev/null
  cat >artifacts/tresnet <<'EOF'
#!/usr/bin/env bash
# The command line of this checkout; written by build.sh.
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# As the kernel specification of `tresnet jupyter install` has it. One arena: freed tensors of one thread wait for those of another.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
# Where files have a largest size, .NET ends with a segmentation fault before its first line, for a file in memory that it makes.
if [ "$(ulimit -f)" != unlimited ]; then
  export DOTNET_EnableWriteXorExecute=0
fi
if [ "${1:-}" = jupyter ]; then
  export DOTNET_GCgen0size=${DOTNET_GCgen0size:-0x400000}
fi
exec dotnet "$here/src/TResNet.Cli/bin/Release/net10.0/TResNet.Cli.dll" "$@"
EOF
  chmod +x artifacts/tresnet
}

run() {
  set_up
  build src/TResNet.Cli
  artifacts/tresnet run tresnet.dib --html artifacts/tresnet.html --ipynb artifacts/tresnet.ipynb
}

notebooks() {
  set_up openmpi-bin libopenmpi-dev
  build
  as_users_have_it
  local pages=artifacts/notebooks name
  rm -rf "$pages"
  # Measured anew, whatever was measured before.
  XDG_CACHE_HOME=$PWD/$pages/cache artifacts/tresnet run tresnet.dib notebooks --out html --out ipynb --output-dir "$pages" --junit artifacts/notebooks.xml
  # All ran to their ends: what they showed is what is committed.
  for name in notebooks/*.ipynb; do
    cp "$pages/${name%.ipynb}.out.ipynb" "$name"
  done
  artifacts/tresnet gallery "$pages/tresnet.out.ipynb" notebooks --output-dir artifacts/site
  TRESNET_TUTORIALS=all stage "tutorials in dotnet-interactive" dotnet test tests/TResNet.Cli.Tests --no-build -c "$configuration" \
    --filter 'FullyQualifiedName~The_tutorials_run_in_their_quick_form'
}

run_tests() {
  set_up dataset-fashion-mnist openmpi-bin libopenmpi-dev
  # What tests alone need comes while everything is built.
  need_for_tests >artifacts/logs/packages-of-tests.log 2>&1 &
  local packages_of_tests=$!
  stage "format" format_check
  build
  wait "$packages_of_tests" || { cat artifacts/logs/packages-of-tests.log >&2 && exit 1; }
  cat artifacts/logs/packages-of-tests.log
  ahead_of_time
  local passed=0 failed=0 skipped=0 name project filter line started program names=()
  # Beside each other, the longest first, all with one thread: threads of several programs that wait for each other on few cores take ten times as
  # long. What divides its work among threads itself, or counts memory, is tested after that, alone.
  local threaded='FullyQualifiedName~TResNet.Tests.Kernels|FullyQualifiedName~Tests.Graphs.Optimize|FullyQualifiedName~Tests.Graphs.Plan'
  threaded+='|FullyQualifiedName~Tests.Compute.Memory|FullyQualifiedName~Tests.Compute.GuardedBridge'
  local packages='FullyQualifiedName~Cli.Tests.Packages|FullyQualifiedName~DotNetInteractiveExtension'
  # Name, project, filter.
  local part parts=("TResNet.Tests,TResNet.Tests,$(none_of "$threaded")" "TResNet.Cli.Tests-packages,TResNet.Cli.Tests,$packages"
    "EndToEnd.Tests,EndToEnd.Tests," "TResNet.Cli.Tests,TResNet.Cli.Tests,$(none_of "$packages")")
  for project in tests/{TResNet.Interactive,Notebook,TResNet.Onnx}.Tests tests/*.Tests; do
    project=$(basename "$project")
    case " ${parts[*]}" in *" $project,"*) ;; *) parts+=("$project,$project,") ;; esac
  done
  trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
  for part in "${parts[@]}"; do
    IFS=, read -r name project filter <<<"$part"
    names+=("$name")
    [ ${#names[@]} -le "$(nproc)" ] || wait -n
    OMP_NUM_THREADS=1 MALLOC_ARENA_MAX=1 test_project "$name" "$project" "$filter" &
  done
  wait
  trap - EXIT
  test_project TResNet.Tests-threads TResNet.Tests "$threaded"
  names+=(TResNet.Tests-threads)
  for name in "${names[@]}"; do
    line=$(grep -E '^(Passed|Failed)! ' "artifacts/logs/$name.log" | tail -n 1 || true)
    passed=$((passed + $(count Passed "$line")))
    failed=$((failed + $(count Failed "$line")))
    skipped=$((skipped + $(count Skipped "$line")))
    # A test host that crashes counts no failure of its own.
    [ "$(cat "artifacts/logs/$name.status")" -eq 0 ] || [ "$(count Failed "$line")" -gt 0 ] || failed=$((failed + 1))
  done
  # The native library's own, beside plain loops, where the build has left its objects: one of each counts as a test.
  local native=src/TResNet.Kernels/obj/kernels
  stage "native tests" native_tests
  for program in tresnet_kernels_smoke tresnet_plan_smoke; do
    started=$SECONDS
    if "$native/$program" >"artifacts/logs/$program.log" 2>&1; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      tail -n 25 "artifacts/logs/$program.log" >&2
    fi
    printf '%-34s%4d s\n' "$program" $((SECONDS - started))
  done
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

need_for_tests() {
  command -v dpkg-query >/dev/null || return 0
  # Ubuntu has Chromium as a snap alone; there, what looks at pages is skipped.
  local browser=()
  if grep -q '^ID=debian' /etc/os-release 2>/dev/null; then browser=(chromium jupyter-notebook poppler-utils); fi
  # Daemons are not for everybody's own machine; without them, what looks at jobs is skipped.
  local cluster=()
  if [ "${CI:-}" = true ]; then cluster=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins); fi
  need python3-nbclient python3-nbformat python3-jupyter-client python3-ipykernel python3-jupyter-kernel-test python3-torch python3-torchvision \
    "${browser[@]}" "${cluster[@]}"
}

# What the program's build has compiled to machine code takes the place of the same assemblies beside the tests, which then compile less.
ahead_of_time() {
  local compiled=src/TResNet.Cli/obj/$configuration/net10.0/r2r folder file
  for folder in tests/*/bin/"$configuration"/net10.0; do
    for file in "$compiled"/*.dll; do
      [ ! -e "$folder/${file##*/}" ] || cp "$file" "$folder/"
    done
  done
}

# test_project NAME PROJECT [FILTER]: runs a test project, or the part of it that a filter names; leaves NAME.log and NAME.status.
test_project() {
  local name=$1 project=$2 filter=${3:-} started=$SECONDS status=0 output
  # A shell lets what it starts in the background ignore Ctrl-C, which is among what is tested.
  local hearing=() part=()
  if env --default-signal=INT true 2>/dev/null; then hearing=(env --default-signal=INT); fi
  if [ -n "$filter" ]; then part=(--filter "$filter"); fi
  output=$("${hearing[@]}" dotnet test "tests/$project" --no-build -c "$configuration" "${part[@]}" 2>&1) || status=$?
  printf '%s\n' "$output" >"artifacts/logs/$name.log"
  printf '%s\n' "$status" >"artifacts/logs/$name.status"
  printf '%s\n%-34s%4d s\n' "$(printf '%s\n' "$output" | grep -vE '^(Test run for|A total of|VSTest|$)' | grep -vE '^\[xUnit' || true)" "$name" $((SECONDS - started))
}

# none_of FILTER: what a filter with alternatives leaves.
none_of() {
  printf '%s' "$1" | sed 's/~/!~/g; s/|/\&/g'
}

# What CSharpier would change is refused; ./build.sh format changes it.
format_check() {
  dotnet tool restore
  dotnet csharpier check .
}

native_tests() {
  cmake -S src/TResNet.Kernels -B "$native"
  cmake --build "$native" --parallel "$(nproc)" --target tresnet_kernels_smoke tresnet_plan_smoke
}

# count WORD LINE: the number behind "WORD:" in the test runner's closing line.
count() {
  printf '%s' "$2" | grep -oE "$1: +[0-9]+" | grep -oE '[0-9]+' || echo 0
}

# Two numbers of images and two sizes of each; a line for each network.
onnx() {
  set_up
  build tests/TResNet.Onnx.Tests
  local log=artifacts/logs/onnx.log status=0
  TRESNET_ONNX_ALL=1 dotnet test tests/TResNet.Onnx.Tests --no-build -c "$configuration" --filter 'FullyQualifiedName~A_network_is_the_same' \
    --logger 'console;verbosity=normal' >"$log" 2>&1 || status=$?
  sed -nE 's/^ *(Passed|Failed) .*\(name: "([^"]+)"\) \[(.*)\]$/\2 \1 \3/p' "$log" | sort | while read -r name outcome time; do
    printf '%-34s%-8s%s\n' "$name" "$(printf '%s' "$outcome" | tr 'PF' 'pf')" "$time"
  done
  [ "$status" -eq 0 ] || { tail -n 25 "$log" >&2 && printf 'The whole log: %s\n' "$log" >&2; }
  return "$status"
}

# A notebook of .NET Interactive finds them by #i "nuget:.../artifacts/packages", a shell by dotnet tool install tresnet --add-source artifacts/packages.
pack() {
  local project
  rm -rf artifacts/packages
  for project in $(grep -l '<IsPackable>true' src/*/*.csproj); do
    stage "dotnet pack $(basename "$project" .csproj)" dotnet pack "$project" -c "$configuration" -o artifacts/packages -v quiet
  done
}

# docfx is large, so that only this restores it.
docs() {
  set_up
  build
  stage "docfx" api_reference
  stage "links and types" dotnet test tests/Architecture.Tests --no-build -c "$configuration" --filter 'FullyQualifiedName~ApiReferenceTests'
  printf 'artifacts/site/api/index.html; with search and a list at the side: python3 -m http.server -d artifacts/site/api\n'
}

api_reference() (
  cd eng/Api
  rm -rf reference ../../artifacts/site/api
  dotnet tool restore
  dotnet docfx docfx.json
)

# What is measured is measured as users have .NET.
as_users_have_it() {
  unset DOTNET_TieredPGO DOTNET_EnableWriteXorExecute DOTNET_GCgen0size
}

bench() {
  if [ "${1:-}" = scale ]; then
    set_up openmpi-bin libopenmpi-dev iproute2
    build benchmarks/scale
    as_users_have_it
    local program=(dotnet "benchmarks/scale/bin/$configuration/net10.0/TResNet.Scale.dll")
    if [ "${2:-}" = link ]; then program=(bash benchmarks/scale/link.sh "${program[@]}"); fi
    "${program[@]}" "${@:2}"
    return
  fi
  set_up python3-jupyter-client python3-ipykernel
  build
  as_users_have_it
  dotnet run --project benchmarks/TResNet.Benchmarks --no-build -c "$configuration" -- "$@"
}

case " $* " in
*" --help "* | *" -h "* | " help ") usage && exit ;;
esac
case "${1:-}" in
run) run ;;
notebooks) notebooks ;;
test) run_tests ;;
bench) bench "${@:2}" ;;
build) set_up && build src/TResNet.Cli ;;
onnx) onnx ;;
pack) set_up && pack ;;
docs) docs ;;
format) dotnet tool restore && dotnet csharpier format . ;;
*) usage && exit 2 ;;
esac
