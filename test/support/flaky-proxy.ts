import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export type FlakyProxy = { url: string; passed: number; stop(): Promise<void> };

/** A line to the service on which the first `lost` answers to changes are lost, after the service has made them. */
export async function startFlakyProxy(url: string, lost: number): Promise<FlakyProxy> {
  const proxy: FlakyProxy = { url: '', passed: 0, stop };
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, headers } = incoming;
    const upstream = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      if (method !== 'GET' && ++proxy.passed <= lost) {
        answer.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.once('error', () => incoming.socket.destroy());
    incoming.pipe(upstream);
  });
  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return proxy;
}
