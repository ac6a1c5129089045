import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a port of this machine on which all that is said, in each direction, takes `delayMs` longer. */
export async function startSlowProxy(port: number, delayMs: number): Promise<{ port: number; stop(): void }> {
  const slowly = (from: Socket, to: Socket) =>
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), delayMs));
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    slowly(client, upstream);
    slowly(upstream, client);
    for (const end of [client, upstream]) end.on('error', () => {}).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, stop: () => server.close() };
}
