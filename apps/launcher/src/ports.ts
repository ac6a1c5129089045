import { createServer } from 'node:net';
import { Failure } from '#scripts/console';

const listen = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port, host }, () => {
      const { port: taken } = server.address() as { port: number };
      server.close(() => resolve(taken));
    });
  });

/** Returns a port that nothing listens on now. If another process takes it first, the start fails with a message. */
export const freePort = (): Promise<number> => listen(0, '127.0.0.1');

/** @throws {Failure} with one line when `host` and `port` cannot be bound */
export async function mustBeFree(port: number, host: string): Promise<void> {
  // Checks each address: macOS lets a wildcard socket share the port with one on an address, and `localhost` may reach
  // another process on another address.
  for (const address of [host, '::', '0.0.0.0', '127.0.0.1'])
    await listen(port, address).catch(({ code }) => {
      if (code === 'EADDRINUSE')
        throw new Failure(`PORT ${port} is in use: stop what listens there, or set PORT to another one.`);
      if (code === 'EACCES')
        throw new Failure(`PORT ${port} is not allowed for this user: set PORT to one above 1023.`);
      if (address === host)
        throw new Failure(`HEXFLEET_HOST ${host} is not an address of this machine (${code}).`);
      // No IPv6 here: nothing to check.
    });
}
