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

/** @throws {Failure} one line, when `host` and `port` cannot be listened on */
export async function mustBeFree(port, host) {
  // Each on its own: macOS lets a wildcard socket share the port with one on an address. And `localhost` may lead to
  // whatever else has the port on another address.
  for (const address of [host, '::', '0.0.0.0', '127.0.0.1'])
    try {
      await listen({ host: address, port });
    } catch (error) {
      if (error.code === 'EADDRINUSE')
        throw new Failure(`PORT ${port} is in use: stop what listens there, or set PORT to another one.`);
      if (error.code === 'EACCES')
        throw new Failure(`PORT ${port} is not allowed for this user: set PORT to one above 1023.`);
      if (address === host)
        throw new Failure(`HEXFLEET_HOST ${host} is not an address of this machine (${error.code}).`);
      // No IPv6 here: nothing to check.
    }
}
