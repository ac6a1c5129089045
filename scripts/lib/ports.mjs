import { createServer } from 'node:net';
import { Failure } from './console.mjs';

const listen = (options) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(options, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** A port that nothing listens on now. Somebody may take it before we do: the start then fails and says so. */
export const freePort = () => listen({ host: '127.0.0.1', port: 0 });

/** @throws {Failure} one line, when the port cannot be listened on */
export async function mustBeFree(port) {
  // Each on its own: macOS lets a wildcard socket share the port with one on an address.
  for (const host of ['::', '0.0.0.0', '127.0.0.1'])
    try {
      await listen({ host, port });
    } catch (error) {
      if (error.code === 'EADDRINUSE')
        throw new Failure(`PORT ${port} is in use: stop what listens there, or set PORT to another one.`);
      if (error.code === 'EACCES')
        throw new Failure(`PORT ${port} is not allowed for this user: set PORT to one above 1023.`);
      // No IPv6 here: nothing to check.
    }
}
