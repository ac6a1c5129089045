import { createServer } from 'node:net';

/** Above the well-known ports and below those that a kernel gives to outgoing connections. */
const FIRST = 10_240;
const LAST = 32_767;

/**
 * A port that nobody listens at right now. Drawn by lot, not given by the kernel: that may give it to a connection of
 * another test file before this one listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
