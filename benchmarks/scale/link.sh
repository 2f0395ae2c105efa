#!/usr/bin/env bash
# link.sh COMMAND...: runs a command on a machine "left" that a cable joins to a machine "right": two network namespaces with a pair of virtual
# Ethernet devices between them. For the command, TRESNET_PEER is a process of the other one. Needs iproute2, and root or user namespaces.
set -euo pipefail

if [ "${TRESNET_LINK:-}" != inside ]; then
  as=(unshare --net --uts)
  [ "$(id -u)" = 0 ] || as=(unshare --user --map-root-user --net --uts)
  if ! "${as[@]}" true 2>/dev/null; then
    echo 'link.sh needs network namespaces, which this machine does not let its users make: run it as root, outside a container.' >&2
    exit 1
  fi
  TRESNET_LINK=inside exec "${as[@]}" bash "${BASH_SOURCE[0]}" "$@"
fi

unshare --net --uts sleep infinity &
export TRESNET_PEER=$!
trap 'kill $TRESNET_PEER' EXIT
# Until it is in namespaces of its own.
while [ "$(readlink /proc/$TRESNET_PEER/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
there=(nsenter -t "$TRESNET_PEER" -n -u)

hostname left
"${there[@]}" hostname right
ip link add left type veth peer name right netns "$TRESNET_PEER"
ip address add 10.77.0.1/24 dev left
"${there[@]}" ip address add 10.77.0.2/24 dev right
ip link set lo up
ip link set left up
"${there[@]}" ip link set lo up
"${there[@]}" ip link set right up
"$@"
