# The load balancer alone: built as it is published, run by a user without rights.
#   docker build -t evenkeel .
#   docker run --read-only -p 8080:8080 -e BACKENDS=http://host.docker.internal:9001 evenkeel
# The whole repository, for a simulator on many machines (examples/kubernetes/sweep.yaml):
#   docker build --target checkout -t evenkeel-checkout .
FROM node:26-slim AS checkout
WORKDIR /src
COPY . .
RUN npx -y pnpm@12 install --frozen-lockfile

FROM checkout AS build
RUN npx -y pnpm@12 --filter '@evenkeel/lb...' build \
 && mkdir /packed \
 && for name in core config lb; do \
      (cd packages/$name && npx -y pnpm@12 pack --pack-destination /packed) || exit 1; \
    done \
 && npm install --prefix /app --omit=dev --no-audit --no-fund /packed/*.tgz

FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 ADMIN=127.0.0.1:9900
COPY --from=build /app /app
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9900/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/node_modules/@evenkeel/lb/dist/main.js"]
