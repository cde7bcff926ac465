#!/bin/sh
# A TCP balancer's flags: -f is the port in front, each -p a backend on this machine.
#   examples/from-scratch/e-tcp.sh -f 8080 -p 8101 -p 8102 -p 8103
front=8080 backends=
while getopts f:p: flag; do
  case $flag in
    f) front=$OPTARG ;;
    p) backends=$backends${backends:+,}127.0.0.1:$OPTARG ;;
    *) exit 2 ;;
  esac
done
cd "$(dirname "$0")/../.." || exit 1
exec node_modules/.bin/node packages/lb/src/main.ts --mode tcp --port "$front" --backends "$backends"
