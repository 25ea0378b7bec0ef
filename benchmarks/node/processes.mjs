// As many processes on one port as WEB_CONCURRENCY says, by Node's own cluster module.
import cluster from "node:cluster";

export const address = { host: "127.0.0.1", port: Number(process.env.PORT) };

export function inProcesses(serve) {
  if (!cluster.isPrimary) {
    serve();
    return;
  }
  for (let count = Number(process.env.WEB_CONCURRENCY); count > 0; count--) cluster.fork();
  cluster.on("exit", () => process.exit(1)); // one less would be another measurement
  process.on("SIGTERM", () => process.exit(0)); // and the others notice
}
