import { connect, createServer, type Socket } from 'node:net';

/** TCP proxy that counts what passes, HTTP headers and frames included, and can cut all connections. */
export type CountingProxy = {
  url: string;
  /** bytes in both directions since the start */
  bytes(): number;
  /** open connections of clients */
  connections(): number;
  cut(): void;
  stop(): void;
};

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { port } = new URL(target);
  const open = new Set<Socket>();
  let bytes = 0;
  const pipe = (from: Socket, to: Socket) => {
    from.setNoDelay();
    from.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      to.write(chunk);
    });
    from.on('error', () => {}).on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    const upstream = connect(Number(port), '127.0.0.1');
    pipe(client, upstream);
    pipe(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    bytes: () => bytes,
    connections: () => open.size,
    cut: () => {
      for (const client of open) client.resetAndDestroy();
    },
    stop: () => {
      for (const client of open) client.destroy();
      server.close();
    },
  };
}
