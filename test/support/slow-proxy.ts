import { connect, createServer, type Server } from 'node:net';

/** A line to a port of this machine on which everything that a client says takes `delayMs` longer. */
export async function startSlowProxy(port: number, delayMs: number): Promise<{ port: number; stop(): void }> {
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.on('data', (chunk) => setTimeout(() => upstream.write(chunk), delayMs));
    upstream.pipe(client);
    for (const end of [client, upstream]) end.on('error', () => {}).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, stop: () => server.close() };
}
