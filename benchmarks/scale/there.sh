#!/bin/sh
# What mpirun calls in place of ssh: the name of a machine, and a command line for it. There is one other machine, link.sh's.
shift
exec nsenter -t "$TRESNET_PEER" -n -u sh -c "$*"
