#!/bin/sh
# A list in a variable, separated by `;`, and PORT; at most as many visits as there are backends, then 503.
#   USERS_SERVICE='http://127.0.0.1:9001;http://127.0.0.1:9002' PORT=3030 examples/from-scratch/b-users-service.sh
# The same in containers, where one is killed: compose.yaml at the root.
cd "$(dirname "$0")/../.." || exit 1
BACKENDS=${USERS_SERVICE:?} exec node_modules/.bin/node packages/lb/src/main.ts --config examples/from-scratch/b-users-service.yaml "$@"
