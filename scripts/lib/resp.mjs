import { connect } from 'node:net';

/** Reads one reply from `text` at `at`: { value, next }, or undefined while it is incomplete. */
function parse(text, at = 0) {
  const end = text.indexOf('\r\n', at);
  if (end < 0) return;
  const head = text.slice(at, end);
  const size = Number(head.slice(1));
  let next = end + 2;
  if (head[0] === '$' && size >= 0)
    return text.length < next + size + 2
      ? undefined
      : { value: text.slice(next, next + size), next: next + size + 2 };
  if (head[0] !== '*') return { value: head, next };
  const value = [];
  while (value.length < size) {
    const item = parse(text, next);
    if (!item) return;
    value.push(item.value);
    next = item.next;
  }
  return { value, next };
}

const encoded = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/**
 * Sends one command to a Redis on 127.0.0.1 in RESP, after AUTH when there is a password. The launcher runs before
 * npm ci, so it has no client library.
 * @returns {Promise<string | string[]>} simple and error replies keep their prefix: '+PONG', '-LOADING ...'
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function ask({ port, password }, ...words) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    const fail = (error) => reject(error) ?? socket.destroy();
    socket.setTimeout(2000, () => fail(new Error('no reply')));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('closed')));
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      // A Redis without a password refuses AUTH but still answers the command.
      const first = password ? parse(text) : { next: 0 };
      const reply = first && parse(text, first.next);
      if (!reply) return;
      resolve(reply.value);
      socket.destroy();
    });
    socket.write((password ? encoded(['AUTH', password]) : '') + encoded(words));
  });
}
