import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a port of this machine that can go dead: nothing gets through, and neither end is told. */
export type DeadLine = {
  port: number;
  /** swallows all that is said, and that an end has hung up, from now on */
  die(): void;
  /** lets connections through that are made from now on; those that it swallowed stay dead */
  heal(): void;
  stop(): void;
};

export async function startDeadLine(port: number): Promise<DeadLine> {
  let isDead = false;
  const ends = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    let isSwallowed = isDead;
    from.on('data', (chunk) => {
      isSwallowed ||= isDead;
      if (!isSwallowed) to.write(chunk);
    });
    from.on('error', () => {});
    from.on('close', () => {
      ends.delete(from);
      if (!isSwallowed && !isDead) to.destroy();
    });
    ends.add(from);
  };
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    die: () => {
      isDead = true;
    },
    heal: () => {
      isDead = false;
    },
    stop: () => {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
}
