#!/bin/sh
# Go's way to write flags is read, with a hint.
#   examples/from-scratch/c-flags.sh -backends http://127.0.0.1:9001,http://127.0.0.1:9002 -port 3030
cd "$(dirname "$0")/../.." || exit 1
exec node_modules/.bin/node packages/lb/src/main.ts "$@"
