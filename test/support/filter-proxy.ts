import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy in front of a service that lets some things pass and refuses others, as those of offices do. */
export async function startFilterProxy(
  upstream: string,
  passes: (what: { path: string; isUpgrade: boolean }) => boolean,
): Promise<{ url: string; stop(): void }> {
  const { hostname, port } = new URL(upstream);
  const target = (from: IncomingMessage) => ({
    hostname,
    port,
    path: from.url,
    method: from.method,
    headers: from.headers,
  });
  const server = createServer((from: IncomingMessage, to: ServerResponse) => {
    if (!passes({ path: from.url!, isUpgrade: false })) return to.writeHead(403).end();
    const onward = request(target(from), (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      to.flushHeaders();
      answer.pipe(to).on('error', () => {});
    });
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    return from.pipe(onward);
  });
  server.on('upgrade', (from, client, head) => {
    if (!passes({ path: from.url!, isUpgrade: true })) return client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const lines = Object.entries(from.headers).map(([name, value]) => `${name}: ${value}`);
    const onward = connect(Number(port), hostname, () => {
      onward.write(`GET ${from.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    for (const end of [client, onward]) end.on('error', () => end.destroy());
    return onward;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
