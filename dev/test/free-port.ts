/** For programs that are told where to listen, and can't say where they do. */
import { createServer, type AddressInfo } from 'node:net';

/** A port that nobody had a moment ago: whoever is given it listens at once. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
