// WEB_CONCURRENCY processes on one port, by Node's cluster module.
import cluster from "node:cluster";

export const address = { host: "127.0.0.1", port: Number(process.env.PORT) };

export function inProcesses(serve) {
  if (!cluster.isPrimary) {
    serve();
    return;
  }
  for (let count = Number(process.env.WEB_CONCURRENCY); count > 0; count--) cluster.fork();
  cluster.on("exit", () => process.exit(1)); // fewer processes would falsify the measurement
  process.on("SIGTERM", () => process.exit(0)); // the workers exit with it
}
