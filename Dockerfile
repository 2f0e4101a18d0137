# The server for a team, as one file on a plain Node; docs/team.md says what to set.
FROM node:24-alpine AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:24-alpine
COPY --from=build /build/dist/sent-contacts-mcp.cjs /app/sent-contacts-mcp.cjs
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD wget -q -O /dev/null http://127.0.0.1:8080/healthz
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/sent-contacts-mcp.cjs"]
CMD ["serve", "--http", "0.0.0.0:8080"]
