import { type Cluster, Redis } from 'ioredis';

/** Commands that Redis takes long for, which are sent at once: it runs one while the next is prepared. */
const SENT_AT_ONCE = new Set(['eval', 'evalsha']);

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
    if (SENT_AT_ONCE.has(command.name)) uncork(connection);
    else if (connection?.writable && connection.writableCorked === 0) {
      connection.cork();
      setImmediate(() => uncork(connection));
    }
    return send(command, stream);
  };
}

function uncork(connection: Redis['stream'] | undefined): void {
  while (connection !== undefined && connection.writableCorked > 0) connection.uncork();
}
