import { type Cluster, Redis } from 'ioredis';

/** Bytes that do not wait for the end of the turn: Redis executes a large command while the next one is prepared. */
const FULL_BYTES = 4_096;

/**
 * Makes a client write the commands of one turn of the event loop together. Unlike the auto-pipelining of ioredis it does not
 * wait for the replies to earlier commands first: with a distant Redis, each command would wait for up to a round trip.
 * Assumes that ioredis sends each command with `sendCommand`, which writes it to `stream` at once, and that a cluster emits
 * `+node` before it uses a node.
 */
export function writeTogether(client: Redis | Cluster): void {
  if (client instanceof Redis) corkEachTurn(client);
  else client.on('+node', corkEachTurn);
}

function corkEachTurn(client: Redis): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const { stream: connection } = client;
    if (connection?.writable && connection.writableCorked === 0) {
      connection.cork();
      setImmediate(() => uncork(connection));
    }
    const reply = send(command, stream);
    if (connection !== undefined && connection.writableLength >= FULL_BYTES) uncork(connection);
    return reply;
  };
}

function uncork(connection: Redis['stream'] | undefined): void {
  while (connection !== undefined && connection.writableCorked > 0) connection.uncork();
}
